// What templates may ask of the machine they are rendered on.
#pragma once

#include <cstdint>
#include <span>

#include "lang/gotmpl/execution.hh"

namespace taut::render {

// Random bytes of the system.
void fill_random(std::span<uint8_t> bytes);

// The clock, the time zone (TZ, else /etc/localtime, as Go has it) and random bytes of this machine.
gotmpl::Environment machine_environment();

}  // namespace taut::render
