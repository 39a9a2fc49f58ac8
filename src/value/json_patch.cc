#include <charconv>

#include "base/strings.hh"
#include "value/go_text.hh"
#include "value/patch.hh"
#include "value/pointer.hh"

namespace taut {
namespace {

constexpr const char* kMissing = "missing value";

// One step as evanphx/json-patch decodes it.
std::string decode_step(std::string_view step) { return replace_all(replace_all(step, "~1", "/"), "~0", "~"); }

// Go's strconv.Atoi.
Result<int64_t> parse_index(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
  int64_t index = 0;
  auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error == std::errc() && rest == digits.data() + digits.size()) return index;
  bool range = error == std::errc::result_out_of_range;
  return fail(Code::kInvalid, "strconv.Atoi: parsing {}: {}", quote(text), range ? "value out of range" : "invalid syntax");
}

Failure invalid_index(int64_t index) {
  return fail(Code::kInvalid, "Unable to access invalid index: {}: invalid index referenced", index);
}

// An index into `size` items, counted from the end when negative.
Result<size_t> checked_index(std::string_view text, size_t size) {
  TAUT_ASSIGN(int64_t index, parse_index(text));
  auto count = static_cast<int64_t>(size);
  if (index >= count || index < -count) return invalid_index(index);
  return static_cast<size_t>(index < 0 ? index + count : index);
}

Failure wrap(std::string what, const Error& error) {
  return fail(Error(error.code(), std::move(what) + ": " + error.message()));
}

// A list or map in the document, and the last step to be taken from there.
struct Target {
  Value* parent = nullptr;
  std::string key;
};

class Patcher {
 public:
  explicit Patcher(Value& document) : document_(document) {}

  Status apply(const Value& operation) {
    if (!operation.is_map()) return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type jsonpatch.Operation", go_json_kind(operation));
    std::string_view op = operation["op"].as_string("unknown");
    if (op == "add") return add(operation);
    if (op == "remove") return remove(operation);
    if (op == "replace") return replace(operation);
    if (op == "move") return move(operation);
    if (op == "copy") return copy(operation);
    if (op == "test") return test(operation);
    return fail(Code::kInvalid, "Unexpected kind: {}", op);
  }

 private:
  // The first step, before the slash, is ignored.
  Target find(std::string_view path) {
    auto steps = split(path, '/');
    if (steps.size() < 2) return {};
    Value* at = &document_;
    for (size_t i = 1; i + 1 < steps.size(); ++i) {
      std::string step = decode_step(steps[i]);
      const Value* next = nullptr;
      size_t index = 0;
      if (at->is_map()) {
        next = at->find(step);
      } else if (auto checked = checked_index(step, at->size())) {
        index = *checked;
        next = &at->items()[index];
      }
      if (next == nullptr || !(next->is_map() || next->is_list())) return {};
      at = at->is_map() ? &at->edit(step) : &at->edit(index);
    }
    if (!at->is_map() && !at->is_list()) return {};
    return {at, decode_step(steps.back())};
  }

  Result<Value> get(const Target& target) {
    if (target.parent->is_map()) return (*target.parent)[target.key];
    TAUT_ASSIGN(size_t index, checked_index(target.key, target.parent->size()));
    return (*target.parent)[index];
  }

  Status insert(const Target& target, Value value) {
    if (target.parent->is_map()) {
      target.parent->set(target.key, std::move(value));
      return {};
    }
    if (target.key == "-") {
      target.parent->push_back(std::move(value));
      return {};
    }
    if (auto number = parse_index(target.key); !number)
      return wrap("value was not a proper array index: '" + target.key + "'", number.error());
    TAUT_ASSIGN(size_t index, checked_index(target.key, target.parent->size() + 1));
    target.parent->insert(index, std::move(value));
    return {};
  }

  Status erase(const Target& target) {
    if (target.parent->is_map()) {
      if (target.parent->erase(target.key)) return {};
      return fail(Code::kInvalid, "Unable to remove nonexistent key: {}: {}", target.key, kMissing);
    }
    TAUT_ASSIGN(size_t index, checked_index(target.key, target.parent->size()));
    target.parent->erase_at(index);
    return {};
  }

  static Result<std::string> text_field(const Value& operation, std::string_view name, std::string_view problem) {
    const Value& text = operation[name];
    if (text.is_string()) return text.str();
    return fail(Code::kInvalid, "{}: {}", problem, kMissing);
  }

  Status add(const Value& operation) {
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "add operation failed to decode path"));
    Target target = find(path);
    if (target.parent == nullptr)
      return fail(Code::kInvalid, "add operation does not apply: doc is missing path: \"{}\": {}", path, kMissing);
    if (auto done = insert(target, operation["value"]); !done)
      return wrap("error in add for path: '" + path + "'", done.error());
    return {};
  }

  Status remove(const Value& operation) {
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "remove operation failed to decode path"));
    Target target = find(path);
    if (target.parent == nullptr)
      return fail(Code::kInvalid, "remove operation does not apply: doc is missing path: \"{}\": {}", path, kMissing);
    if (auto done = erase(target); !done) return wrap("error in remove for path: '" + path + "'", done.error());
    return {};
  }

  Status replace(const Value& operation) {
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "replace operation failed to decode path: operation missing path field"));
    const Value& value = operation["value"];
    if (path.empty()) {
      if (!value.is_map() && !value.is_list()) return fail(Code::kInvalid, "replace operation value must be object or array");
      document_ = value;
      return {};
    }
    Target target = find(path);
    if (target.parent == nullptr)
      return fail(Code::kInvalid, "replace operation does not apply: doc is missing path: {}: {}", path, kMissing);
    if (target.parent->is_map()) {
      target.parent->set(target.key, value);
      return {};
    }
    auto index = checked_index(target.key, target.parent->size());
    if (!index) return fail(Code::kInvalid, "replace operation does not apply: doc is missing key: {}: {}", path, kMissing);
    target.parent->edit(*index) = value;
    return {};
  }

  Status move(const Value& operation) {
    TAUT_ASSIGN(std::string from, text_field(operation, "from", "move operation failed to decode from: operation, missing from field"));
    Target source = find(from);
    if (source.parent == nullptr)
      return fail(Code::kInvalid, "move operation does not apply: doc is missing from path: {}: {}", from, kMissing);
    auto value = get(source);
    if (!value) return wrap("error in move for path: '" + source.key + "'", value.error());
    if (auto done = erase(source); !done) return wrap("error in move for path: '" + source.key + "'", done.error());
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "move operation failed to decode path: operation missing path field"));
    Target target = find(path);
    if (target.parent == nullptr)
      return fail(Code::kInvalid, "move operation does not apply: doc is missing destination path: {}: {}", path, kMissing);
    if (auto done = insert(target, std::move(*value)); !done)
      return wrap("error in move for path: '" + path + "'", done.error());
    return {};
  }

  Status copy(const Value& operation) {
    TAUT_ASSIGN(std::string from, text_field(operation, "from", "copy operation failed to decode from: operation, missing from field"));
    Target source = find(from);
    if (source.parent == nullptr)
      return fail(Code::kInvalid, "copy operation does not apply: doc is missing from path: {}: {}", from, kMissing);
    auto value = get(source);
    if (!value) return wrap("error in copy for from: '" + from + "'", value.error());
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "copy operation failed to decode path"));
    Target target = find(path);
    if (target.parent == nullptr)
      return fail(Code::kInvalid, "copy operation does not apply: doc is missing destination path: {}: {}", path, kMissing);
    if (auto done = insert(target, std::move(*value)); !done)
      return wrap("error while adding value during copy", done.error());
    return {};
  }

  Status test(const Value& operation) {
    TAUT_ASSIGN(std::string path, text_field(operation, "path", "test operation failed to decode path: operation missing path field"));
    Value found = document_;
    if (!path.empty()) {
      Target target = find(path);
      if (target.parent == nullptr)
        return fail(Code::kInvalid, "test operation does not apply: is missing path: {}: {}", path, kMissing);
      auto value = get(target);
      if (!value) return wrap("error in test for path: '" + path + "'", value.error());
      found = std::move(*value);
    }
    if (found == operation["value"]) return {};
    return fail(Code::kConflict, "testing value {} failed: test failed", path);
  }

  Value& document_;
};

}  // namespace

Result<Value> apply_json_patch(const Value& document, const Value& patch) {
  if (!patch.is_list()) return fail(Code::kInvalid, "a JSON patch must be a list of operations");
  Value out = document;
  Patcher patcher(out);
  for (const Value& operation : patch.items()) TAUT_TRY(patcher.apply(operation));
  return out;
}

}  // namespace taut
