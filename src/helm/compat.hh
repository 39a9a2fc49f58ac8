// The versions of helm that differ in their output.
#pragma once

#include <cstdint>

namespace taut::helm {

// 4.2 leaves nulls in the defaults of charts away, splits documents at other places and keeps their ends.
enum class Compat : uint8_t { kHelm41, kHelm42 };

}  // namespace taut::helm
