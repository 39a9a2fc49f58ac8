// Any bytes as an HTTP connection: requests come out the same however the bytes are cut, and the API answers each.
#include <algorithm>
#include <cstdlib>

#include "sandbox/http_parse.hh"
#include "sandbox_calls.hh"

using namespace taut;
using namespace taut::sandbox;

namespace {

struct Outcome {
  std::vector<Request> requests;
  RequestParser::State end;
  int refusal;
};

// Everything that the bytes hold, given to the parser in pieces of `piece` bytes.
Outcome read(std::string_view bytes, size_t piece) {
  RequestParser parser({.max_header = 2000, .max_body = 3000});
  Outcome out{};
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      auto state = parser.feed(part);
      if (state == RequestParser::State::kReady) {
        out.requests.push_back(parser.request());
        if (!parser.keep_alive()) return out;
        parser.reset();
      } else if (state == RequestParser::State::kBad) {
        out.end = state;
        out.refusal = parser.refusal_code();
        return out;
      }
    }
  }
  out.end = parser.state();
  return out;
}

void serve(Request request) {
  static Calls calls;
  Response response = calls.call(std::move(request));
  std::string text;
  for (int i = 0; response.stream && i < 3; ++i) response.stream->read(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Outcome whole = read(bytes, bytes.size() + 1), cut = read(bytes, 3);
  if (whole.requests.size() != cut.requests.size() || whole.refusal != cut.refusal) std::abort();
  for (size_t i = 0; i < whole.requests.size(); ++i) {
    const Request &a = whole.requests[i], &b = cut.requests[i];
    if (a.method != b.method || a.path != b.path || a.query != b.query || a.body != b.body || a.headers != b.headers) std::abort();
    serve(a);
  }
  return 0;
}
