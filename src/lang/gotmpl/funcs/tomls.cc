// TOML: helm funcs.go.
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/funcs/toml_reader.hh"
#include "lang/gotmpl/funcs/toml_writer.hh"

namespace taut::gotmpl::funcs {

Result<Value> to_toml(Call& call) {
  bool panicked = false;
  auto out = to_toml_text(call[0], panicked);
  if (!out && panicked) return Failure(out.error());
  return call.heap.text(out ? *out : out.error().message());
}

Result<Value> must_to_toml(Call& call) {
  bool panicked = false;
  TAUT_ASSIGN(std::string out, to_toml_text(call[0], panicked));
  return call.heap.text(out);
}

Result<Value> from_toml(Call& call) {
  auto out = read_toml(call.heap, call.text(0), call.run.environment().zone);
  if (out) return *out;
  Map& map = call.heap.map(1);
  map.set("Error", call.heap.text(out.error().message()));
  return Value(&map);
}

}  // namespace taut::gotmpl::funcs
