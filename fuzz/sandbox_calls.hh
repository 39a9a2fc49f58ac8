// A sandbox in memory for the fuzz targets: one request after the other, as the administrator.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "sandbox/api.hh"
#include "sandbox/seed.hh"
#include "value/json.hh"

namespace taut::sandbox {

class Calls {
 public:
  Calls() : cluster_(100), api_(cluster_, "secret", {.requests_per_second = 0}) { seed(cluster_, api_.writer()); }

  // Ends the program when the answer is none, or no JSON where it says so.
  Response call(std::string method, std::string path, std::string query, std::string type, std::string_view body) {
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.query = std::move(query);
    request.headers = {{"Content-Type", std::move(type)}, {"User-Agent", "fuzz/1"}};
    request.body = body;
    return call(std::move(request));
  }
  Response call(Request request) {
    request.headers.insert(request.headers.begin(), {"Authorization", "Bearer secret"});
    Response response = api_.handle(request);
    if (response.code < 200 || response.code > 599) std::abort();
    if (response.content_type == "application/json" && !response.stream && !parse_json(response.text())) std::abort();
    return response;
  }

 private:
  Cluster cluster_;
  Api api_;
};

}  // namespace taut::sandbox
