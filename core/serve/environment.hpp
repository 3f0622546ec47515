// The environment variables of a server under test.
#pragma once

namespace benchhost {

/// Takes every variable from this process but those that say where things are and in which language
/// to speak: what else stands in the environment of a CI job, tokens above all, is no plugin's
/// business. A server gets more by its options env.NAME.
void keep_common_environment();

}  // namespace benchhost
