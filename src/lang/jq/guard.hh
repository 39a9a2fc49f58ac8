// Keeps the process alive where libjq would end it: it asserts what an expression can make untrue, such as the bounds of a
// slice that are no numbers. Internal to the room.
#pragma once

namespace taut::jq {

// Calls, and says whether it came back. When libjq has called abort() instead, what it was working on is left as it was: a
// program must not be touched again, not even to free it. C code only: nothing is unwound. Thread-safe.
bool comes_back(void (*call)(void*), void* argument);

}  // namespace taut::jq
