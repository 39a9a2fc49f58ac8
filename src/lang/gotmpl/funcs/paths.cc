// sprig's path functions: Go's package path. Those with "os" are the same, as on Linux.
#include "lang/gotmpl/funcs/functions.hh"

namespace taut::gotmpl::funcs {

namespace {

// path.Clean
std::string clean(std::string_view path) {
  bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  size_t climbs = 0;  // leading ".." in `kept`
  while (!path.empty()) {
    size_t slash = std::min(path.find('/'), path.size());
    std::string_view element = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (element.empty() || element == ".") continue;
    if (element != "..") {
      kept.push_back(element);
    } else if (kept.size() > climbs) {
      kept.pop_back();
    } else if (!rooted) {
      kept.push_back(element);
      ++climbs;
    }
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < kept.size(); ++i) out.append(i == 0 ? "" : "/").append(kept[i]);
  return out.empty() ? "." : out;
}

}  // namespace

Result<Value> path_clean(Call& call) { return call.heap.text(clean(call.text(0))); }

Result<Value> path_base(Call& call) {
  std::string_view path = call.text(0);
  if (path.empty()) return Value::text(".");
  while (path.ends_with('/')) path.remove_suffix(1);
  if (size_t slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return Value::text(path.empty() ? "/" : path);
}

Result<Value> path_dir(Call& call) {
  std::string_view path = call.text(0);
  size_t slash = path.rfind('/');
  return call.heap.text(clean(slash == std::string_view::npos ? "" : path.substr(0, slash + 1)));
}

Result<Value> path_ext(Call& call) {
  std::string_view path = call.text(0);
  size_t dot = path.find_last_of("./");
  return Value::text(dot == std::string_view::npos || path[dot] == '/' ? "" : path.substr(dot));
}

Result<Value> path_is_abs(Call& call) { return Value::boolean(call.text(0).starts_with('/')); }

}  // namespace taut::gotmpl::funcs
