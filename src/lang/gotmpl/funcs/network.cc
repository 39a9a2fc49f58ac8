// sprig network.go and url.go
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/go_url.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

// The string under a key, "" if there is none.
Result<std::string> part(const Map& dict, std::string_view key) {
  Value value = dict.get(key);
  if (!value.is_valid()) return "";
  if (value.is_nil()) return go_failure("runtime error: invalid memory address or nil pointer dereference");
  if (!value.is_string())
    return fail(Code::kInvalid, "unable to parse {} key, must be of type string, but {} found", key, kind_text(value));
  return std::string(value.as_text());
}

}  // namespace

Result<Value> get_host_by_name(Call& call) {
  const auto& resolve = call.run.environment().resolve;
  return resolve ? call.heap.text(resolve(call.text(0))) : Value::text("");
}

Result<Value> url_parse(Call& call) {
  auto url = GoUrl::parse(call.text(0));
  if (!url) return fail(Code::kInvalid, "unable to parse url: {}", url.error().message());
  Map& out = call.heap.map(8);
  out.set("fragment", call.heap.text(url->fragment));
  out.set("host", call.heap.text(url->host));
  out.set("hostname", call.heap.text(url->hostname()));
  out.set("opaque", call.heap.text(url->opaque));
  out.set("path", call.heap.text(url->path));
  out.set("query", call.heap.text(url->query));
  out.set("scheme", call.heap.text(url->scheme));
  out.set("userinfo", url->user ? call.heap.text(url->user->to_string()) : Value::text(""));
  return Value(&out);
}

Result<Value> url_join(Call& call) {
  const Map& dict = call[0].map();
  GoUrl url;
  TAUT_ASSIGN(url.scheme, part(dict, "scheme"));
  TAUT_ASSIGN(url.host, part(dict, "host"));
  TAUT_ASSIGN(url.path, part(dict, "path"));
  TAUT_ASSIGN(url.query, part(dict, "query"));
  TAUT_ASSIGN(url.opaque, part(dict, "opaque"));
  TAUT_ASSIGN(url.fragment, part(dict, "fragment"));
  TAUT_ASSIGN(std::string userinfo, part(dict, "userinfo"));
  if (!userinfo.empty()) {
    auto parsed = GoUrl::parse("proto://" + userinfo + "@host");
    if (!parsed) return fail(Code::kInvalid, "unable to parse userinfo in dict: {}", parsed.error().message());
    url.user = std::move(parsed->user);
  }
  return call.heap.text(url.to_string());
}

}  // namespace taut::gotmpl::funcs
