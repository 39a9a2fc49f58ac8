// Turns curl's verdict on an exchange into an Error in the words of Go's net/http.
#pragma once

#include "base/url.hh"
#include "io/net/http.hh"

namespace taut::net {

struct CurlFailure {
  int code;                // CURLcode
  long os_error;           // errno of the last failed connect, or 0
  long verify_result;      // X509_V_ERR_..., or 0
  bool connected;          // a connection was there
  std::string_view text;   // curl's own sentence
  std::string_view proxy;  // its URL, when one was named
};

Error transfer_error(const CurlFailure& failure, const HttpRequest& request, const Url& url);

}  // namespace taut::net
