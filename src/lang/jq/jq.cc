#include "lang/jq/jq.hh"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

#include "base/strings.hh"
#include "lang/jq/guard.hh"
#include "lang/jq/watchdog.hh"

namespace taut::jq {
namespace {

jv to_jv(const Value& value) {
  if (value.is_map()) {
    jv object = jv_object();
    for (const auto& [key, item] : value.entries()) {
      std::string_view name = key.as_string();
      object = jv_object_set(object, jv_string_sized(name.data(), static_cast<int>(name.size())), to_jv(item));
    }
    return object;
  }
  if (value.is_list()) {
    jv array = jv_array_sized(static_cast<int>(value.size()));
    for (const Value& item : value.items()) array = jv_array_append(array, to_jv(item));
    return array;
  }
  if (value.is_string()) {
    std::string_view text = value.as_string();
    return jv_string_sized(text.data(), static_cast<int>(text.size()));
  }
  if (value.is_bool()) return jv_bool(value.as_bool());
  return value.is_number() ? jv_number(value.as_double()) : jv_null();
}

std::string text_of(jv string) {
  std::string text(jv_string_value(string), static_cast<size_t>(jv_string_length_bytes(jv_copy(string))));
  jv_free(string);
  return text;
}

const Value* step_into(const Value& value, const std::variant<std::string, int64_t>& step) {
  if (const auto* key = std::get_if<std::string>(&step)) return value.is_map() ? value.find(*key) : nullptr;
  if (!value.is_list()) return nullptr;
  int64_t index = std::get<int64_t>(step), size = static_cast<int64_t>(value.size());
  if (index < 0) index += size;
  return index >= 0 && index < size ? &value[static_cast<size_t>(index)] : nullptr;
}

// The path as it leads in this document, every index counted from the front; empty when it leads nowhere.
Path settled(const Path& path, const Value& document) {
  Path out;
  const Value* at = &document;
  for (const auto& step : path) {
    const Value* next = step_into(*at, step);
    if (!next) return {};
    if (std::holds_alternative<int64_t>(step))
      out.emplace_back(static_cast<int64_t>(next - &(*at)[size_t{0}]));
    else
      out.push_back(step);
    at = next;
  }
  return out;
}

// A bound of a slice as an index of a list of that size; `otherwise` for null.
int64_t bound_of(jv slice, const char* name, double otherwise, double size) {
  jv bound = jv_object_get(jv_copy(slice), jv_string(name));
  double at = jv_get_kind(bound) == JV_KIND_NUMBER ? jv_number_value(bound) : otherwise;
  jv_free(bound);
  if (std::isnan(at)) at = otherwise;
  if (at < 0) at += size;
  return static_cast<int64_t>(std::clamp(name[0] == 's' ? std::floor(at) : std::ceil(at), 0.0, size));
}

// The places that a slice at the end of a path stands for: each of its items.
void add_slice(const Path& to, jv slice, const Value& document, std::vector<Path>& out) {
  const Value* list = &document;
  for (const auto& step : to)
    if (list) list = step_into(*list, step);
  if (!list || !list->is_list()) return;
  auto size = static_cast<double>(list->size());
  for (int64_t i = bound_of(slice, "start", 0, size), end = bound_of(slice, "end", size, size); i < end; ++i) {
    out.push_back(to);
    out.back().emplace_back(i);
  }
}

// An array of keys, indexes and perhaps a slice at its end; a slice before its end leads nowhere here.
Status add_path(jv array, const Value& document, std::vector<Path>& out) {
  Path path;
  int length = jv_array_length(jv_copy(array));
  for (int i = 0; i < length; ++i) {
    jv step = jv_array_get(jv_copy(array), i);
    jv_kind kind = jv_get_kind(step);
    if (kind == JV_KIND_STRING) {
      path.emplace_back(text_of(step));
      continue;
    }
    bool sliced = kind == JV_KIND_OBJECT && i + 1 == length;
    if (kind == JV_KIND_NUMBER) path.emplace_back(static_cast<int64_t>(jv_number_value(step)));
    if (sliced) add_slice(path, step, document, out);
    jv_free(step);
    if (kind == JV_KIND_NUMBER) continue;
    jv_free(array);
    if (sliced) return {};
    return fail(Code::kUnsupported, "slices such as .[1:3] cannot be removed from");
  }
  jv_free(array);
  out.push_back(std::move(path));
  return {};
}

void erase_at(Value& document, const Path& path) {
  Value* at = &document;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const auto* key = std::get_if<std::string>(&path[i]);
    at = key ? &at->edit(*key) : &at->edit(static_cast<size_t>(std::get<int64_t>(path[i])));
  }
  if (const auto* key = std::get_if<std::string>(&path.back()))
    at->erase(*key);
  else
    at->erase_at(static_cast<size_t>(std::get<int64_t>(path.back())));
}

}  // namespace

constexpr const char* kBroken = "jq gave up on this expression";

struct PathExpression::Program {
  std::mutex mutex;
  jq_state* state = jq_init();
  std::string complaint;

  Program() {
    // There is no input but the document; without this, libjq falls over `input`.
    jq_set_input_cb(state, [](jq_state*, void*) { return jv_invalid(); }, nullptr);
    jq_set_error_cb(
        state,
        [](void* program, jv message) {
          auto& complaint = static_cast<Program*>(program)->complaint;
          jv text = jv_get_kind(message) == JV_KIND_STRING ? message : jv_dump_string(message, 0);
          if (!complaint.empty()) complaint += "; ";
          complaint += text_of(text);
        },
        this);
  }
  ~Program() {
    if (state != nullptr) jq_teardown(&state);
  }

  // Where libjq does not come back, the program is left to itself.
  bool compile(const std::string& text) {
    struct Call {
      jq_state* state;
      const char* text;
      int compiled = 0;
    } call{state, text.c_str()};
    auto run = [](void* to) { static_cast<Call*>(to)->compiled = jq_compile(static_cast<Call*>(to)->state, static_cast<Call*>(to)->text); };
    if (!comes_back(run, &call)) state = nullptr;
    if (state == nullptr) complaint = kBroken;
    return call.compiled != 0 && state != nullptr;
  }
  // An invalid value at the end, and where it does not come back.
  jv next() {
    struct Call {
      jq_state* state;
      jv found;
    } call{state, jv_invalid()};
    auto run = [](void* to) { static_cast<Call*>(to)->found = jq_next(static_cast<Call*>(to)->state); };
    if (comes_back(run, &call)) return call.found;
    state = nullptr;
    return jv_invalid_with_msg(jv_string(kBroken));
  }
};

PathExpression::PathExpression(std::string text) : text_(std::move(text)), program_(std::make_unique<Program>()) {}
PathExpression::~PathExpression() = default;

Result<std::shared_ptr<const PathExpression>> PathExpression::compile(std::string_view text) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::weak_ptr<const PathExpression>> known;
  std::lock_guard lock(mutex);
  auto& place = known[std::string(text)];
  if (auto shared = place.lock()) return shared;
  std::shared_ptr<PathExpression> expression(new PathExpression(std::string(text)));
  Program& program = *expression->program_;
  if (!program.state) return fail(Code::kLimit, "no memory for a jq expression");
  // As in gojq, the environment of the process is nobody's to read.
  if (!program.compile("def env: {}; {} as $ENV | path(" + expression->text_ + ")")) {
    known.erase(std::string(text));
    std::string complaint = program.complaint.substr(0, program.complaint.find('\n'));
    return fail(Code::kInvalid, "jq expression {}: {}", text, complaint);
  }
  place = expression;
  return expression;
}

Result<std::vector<Path>> PathExpression::paths(const Value& document, Duration limit) const {
  std::lock_guard lock(program_->mutex);
  jq_state* state = program_->state;
  if (state == nullptr) return fail(Code::kInvalid, "JQ patch returned error: {}", kBroken);
  jq_start(state, to_jv(document), 0);
  std::vector<Path> out;
  Watchdog::Watch watch(state, limit);
  jv found = program_->next();
  for (; jv_is_valid(found); found = program_->next()) {
    TAUT_TRY(add_path(found, document, out));
  }
  if (watch.expired()) {
    jv_free(found);
    return fail(Code::kTimeout, "JQ patch execution timed out ({})", format_go_duration(limit));
  }
  if (!jv_invalid_has_msg(jv_copy(found))) {
    jv_free(found);
    return out;
  }
  jv message = jv_invalid_get_msg(found);
  bool is_text = jv_get_kind(message) == JV_KIND_STRING;
  return fail(Code::kInvalid, "JQ patch returned error: {}", text_of(is_text ? message : jv_dump_string(message, 0)));
}

Result<Value> PathExpression::remove(Value document, Duration limit) const {
  TAUT_ASSIGN(auto found, paths(document, limit));
  for (Path& path : found) path = settled(path, document);
  std::erase_if(found, [](const Path& path) { return path.empty(); });
  // From the back, so that what is still to go keeps its index.
  std::ranges::sort(found, std::greater<>());
  auto last = std::unique(found.begin(), found.end());
  found.erase(last, found.end());
  for (const Path& path : found) erase_at(document, path);
  return document;
}

}  // namespace taut::jq
