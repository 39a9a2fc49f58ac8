// gzip out, at the best compression, as helm packs its records.
#pragma once

#include <string>
#include <string_view>

namespace taut::release {

std::string gzip(std::string_view bytes);

}  // namespace taut::release
