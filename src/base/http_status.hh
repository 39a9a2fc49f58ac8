// The names of HTTP's status codes.
#pragma once

#include <string_view>

namespace taut {

// "Not Found" of 404, as Go's net/http has them; "" of codes without a name.
std::string_view http_reason(int status);

}  // namespace taut
