#include "kustomize/field_path.hh"

#include <re2/re2.h>

#include <charconv>
#include <optional>

#include "base/go_regexp.hh"
#include "base/strings.hh"
#include "kustomize/merge_list.hh"
#include "kustomize/selector.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

// At each dot, but not at "\.".
std::vector<std::string> split_dots(std::string_view path) {
  auto parts = split(path, '.');
  size_t first = parts.size() > 1 && parts[0].empty() ? 1 : 0;
  std::vector<std::string> out{std::string(parts[first])};
  for (size_t i = first + 1; i < parts.size(); ++i) {
    if (out.back().ends_with('\\')) {
      out.back().back() = '.';
      out.back().append(parts[i]);
    } else {
      out.emplace_back(parts[i]);
    }
  }
  return out;
}

std::string without_brackets(std::string_view text) {
  size_t from = text.find_first_not_of("[]");
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of("[]") - from + 1));
}

// Go's strconv.Atoi, for indices of any use.
std::optional<int64_t> integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t out = 0;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<size_t> index_of(std::string_view part) {
  auto number = integer(part);
  return number && *number >= 0 ? std::optional<size_t>(static_cast<size_t>(*number)) : std::nullopt;
}

bool is_condition(std::string_view part) { return part.starts_with('[') && part.ends_with(']'); }

struct Condition {
  std::string field;  // empty: the item itself
  std::string value;
};

Result<Condition> parse_condition(std::string_view part) {
  part.remove_suffix(1);
  if (part.starts_with('[')) part.remove_prefix(1);
  std::string_view field, value;
  if (!cut(part, "=", field, value))
    return fail(Code::kInvalid, "list path element must contain fieldName=fieldValue for element to match");
  return Condition{std::string(field), std::string(value)};
}

Result<const Value*> step(const Value& at, const std::string& part) {
  if (auto number = integer(part); number || part == "-") {
    if (number && *number < 0) return fail(Code::kInvalid, "array index {} cannot be negative", *number);
    if (!at.is_list()) return wrong_kind("SequenceNode", at);
    size_t index = number ? static_cast<size_t>(*number) : at.size() - 1;
    return index < at.size() ? &at.items()[index] : nullptr;
  }
  if (part == "*") return fail(Code::kInvalid, "wildcard is not supported in PathGetter");
  if (!is_condition(part)) {
    if (!at.is_map()) return wrong_kind("MappingNode", at);
    return at.find(part);
  }
  TAUT_ASSIGN(Condition condition, parse_condition(part));
  if (!at.is_list()) return wrong_kind("SequenceNode", at);
  for (const Value& item : at.items()) {
    const Value* value = condition.field.empty() ? &item : item.find(condition.field);
    if (value != nullptr && !value->is_map() && !value->is_list() && yaml::scalar_text(*value) == condition.value)
      return &item;
  }
  return nullptr;
}

// A scalar or more as YAML on its own, which is what conditions are compared with.
std::string node_text(const Value& value) {
  if (value.is_string() || yaml::is_spelled(value)) {
    std::string text = yaml::scalar_text(value);
    bool simple = value.is_string() && !yaml::is_spelled(value) && text.find('\n') == std::string::npos;
    return simple && !yaml::make_plain(text).is_string() ? quote(text) : std::string(trim(text));
  }
  return std::string(trim(to_yaml(value)));
}

Value made_for(std::string_view next, Create create) {
  if (is_condition(next) || index_of(next)) return Value::list();
  if (!next.empty()) return Value::map();
  switch (create) {
    case Create::kMap: return Value::map();
    case Create::kList: return Value::list();
    default: return Value();
  }
}

class Visitor {
 public:
  Visitor(Create create, const Visit& visit) : create_(create), visit_(visit) {}

  using Path = std::span<const std::string>;

  Result<size_t> walk(Value& at, Path path) {
    if (path.empty()) {
      TAUT_TRY(visit_(at));
      return 1;
    }
    if (auto index = index_of(path[0])) return item(at, *index, path);
    if (is_condition(path[0])) return matching(at, path);
    if (path[0] == "*") return every(at, path);
    return field(at, path);
  }

 private:
  bool creates() const { return create_ != Create::kNothing; }

  // A copy of the item goes down and comes back, so that lists of a shared Value are copied only where they change.
  Result<size_t> into(Value& at, size_t index, Path path) {
    Value item = at[index];
    TAUT_ASSIGN(size_t count, walk(item, path));
    if (count != 0) at.edit(index) = std::move(item);
    return count;
  }

  Result<size_t> field(Value& at, Path path) {
    // Nothing is found in null, and what is made there is lost.
    if (at.is_null()) {
      if (!creates()) return 0;
      Value lost = made_for(path.size() > 1 ? path[1] : "", create_);
      return walk(lost, path.subspan(1));
    }
    if (!at.is_map()) return wrong_kind("MappingNode", at);
    const Value* there = at.find(path[0]);
    if (there == nullptr && !creates()) return 0;
    Value value = there != nullptr ? *there : made_for(path.size() > 1 ? path[1] : "", create_);
    if (there != nullptr && path.size() > 1 && !value.is_map() && !value.is_list()) return inside(value, path);
    bool fresh = there == nullptr;
    TAUT_ASSIGN(size_t count, walk(value, path.subspan(1)));
    if (count != 0 || fresh) at.set(path[0], std::move(value));
    return count;
  }

  // A path that goes on into a text that holds YAML.
  Result<size_t> inside(const Value& scalar, Path path) {
    YamlOptions options{.schema = taut::Schema::kGoV3, .reject_duplicate_keys = false, .keep_spelling = true};
    TAUT_ASSIGN(Document document, parse_yaml_document(yaml::scalar_text(scalar), options));
    return walk(document.root, path.subspan(1));
  }

  Result<size_t> item(Value& at, size_t index, Path path) {
    if (!at.is_null() && !at.is_list()) return wrong_kind("SequenceNode", at);
    if (at.is_list() && at.size() == index && creates())
      at.push_back(made_for(path.size() > 1 ? path[1] : "", create_));
    if (index >= at.size())
      return fail(Code::kInvalid, "index {} specified but only {} elements found", index, at.size());
    return into(at, index, path.subspan(1));
  }

  Result<size_t> every(Value& at, Path path) {
    if (!at.is_null() && !at.is_list()) return wrong_kind("SequenceNode", at);
    size_t count = 0;
    for (size_t i = 0; i < at.size(); ++i) {
      TAUT_ASSIGN(size_t more, into(at, i, path.subspan(1)));
      count += more;
    }
    return count;
  }

  Result<size_t> matching(Value& at, Path path) {
    TAUT_ASSIGN(Condition condition, parse_condition(path[0]));
    if (!at.is_null() && !at.is_list()) return wrong_kind("SequenceNode", at);
    TAUT_ASSIGN(size_t count, visit_matching(at, condition, path));
    if (count != 0 || !creates() || at.is_null()) return count;
    Value value = yaml::make_plain(condition.value);
    at.push_back(condition.field.empty() ? std::move(value) : Value::map({{condition.field, std::move(value)}}));
    return visit_matching(at, condition, path);
  }

  Result<size_t> visit_matching(Value& at, const Condition& condition, Path path) {
    size_t count = 0;
    std::shared_ptr<const re2::RE2> regex;
    for (size_t i = 0; i < at.size(); ++i) {
      if (!regex) {
        TAUT_ASSIGN(regex, compile_go_regexp(condition.value));
      }
      const Value& item = at[i];
      const Value* value = condition.field.empty() ? &item : item.find(condition.field);
      if (value == nullptr || !re2::RE2::PartialMatch(node_text(*value), *regex)) continue;
      // An item without fields is where the path ends, whatever it says.
      TAUT_ASSIGN(size_t more, into(at, i, condition.field.empty() ? Path() : path.subspan(1)));
      count += more;
    }
    return count;
  }

  Create create_;
  const Visit& visit_;
};

}  // namespace

std::vector<std::string> split_field_path(std::string_view path) {
  std::vector<std::string> parts = split_dots(path), out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].starts_with('[') || parts[i].ends_with(']')) {
      out.push_back(parts[i]);
      continue;
    }
    std::string joined = parts[i];
    while (i + 1 < parts.size()) {
      ++i;
      joined.append(".").append(parts[i]);
      if (parts[i].ends_with(']')) break;
    }
    out.push_back(joined.find('=') != std::string::npos ? joined : without_brackets(joined));
  }
  return out;
}

Result<const Value*> find_field(const Value& root, std::span<const std::string> path) {
  const Value* at = &root;
  for (const std::string& raw : path) {
    std::string part(trim(raw));
    if (part.empty()) continue;
    // Nothing is found in null.
    if (at->is_null()) return nullptr;
    TAUT_ASSIGN(at, step(*at, part));
    if (at == nullptr) return nullptr;
  }
  return at;
}

Result<size_t> visit_field_path(Value& root, std::span<const std::string> path, Create create, const Visit& visit) {
  return Visitor(create, visit).walk(root, path);
}

}  // namespace taut::kustomize
