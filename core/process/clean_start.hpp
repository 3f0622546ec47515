// What a process takes over from whoever started it, made harmless.
#pragma once

namespace benchhost::process {

/// First in main(), before any file is opened or child is started:
/// - standard descriptors that are closed are opened on the null device, or the next files to be
///   opened would take their numbers and be written into by whatever prints;
/// - SIGCHLD has its default again: where it is ignored, children cannot be waited for;
/// - SIGPIPE, SIGXFSZ and SIGTTOU are ignored: what they tell is an error of the write that met it;
/// - no signal is blocked.
/// Children get the default dispositions (spawn.cpp).
void clean_start();

}  // namespace benchhost::process
