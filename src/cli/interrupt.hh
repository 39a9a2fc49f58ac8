// Ctrl-C for commands that run until they are told to stop.
#pragma once

namespace taut::cli {

// Makes SIGINT and SIGTERM wait for `wait_for_interrupt`; call before any thread is started.
void hold_interrupts();
// Returns when one of them comes. A second one ends the program at once.
void wait_for_interrupt();

}  // namespace taut::cli
