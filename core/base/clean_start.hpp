// What a process takes over from whoever started it, made harmless.
#pragma once

namespace benchhost {

/// First in main(), before any file is opened or child is started:
/// - standard descriptors that are closed are opened on the null device, or the next files to be
///   opened would take their numbers and be written into by whatever prints;
/// - SIGCHLD has its default again: where it is ignored, children cannot be waited for;
/// - no signal is blocked.
void clean_start();

/// A write that cannot be done fails, instead of ending (SIGPIPE, SIGXFSZ) or stopping (SIGTTOU)
/// the process. Not for processes that become a server: they would pass it on.
void ignore_signals_of_writes();

}  // namespace benchhost
