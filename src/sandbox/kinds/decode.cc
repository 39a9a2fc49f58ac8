#include <limits>
#include <optional>

#include "base/strings.hh"
#include "base/time.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/shapes.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

std::string go_name(const GoExpression& type) {
  switch (type.shape) {
    case 'b': return "bool";
    case 'i': return "int32";
    case 'l': return "int64";
    case 'f': return "float64";
    case 'y': return "[]uint8";
    case '[': return "[]" + go_name(*type.element);
    case '{': return "map[string]" + go_name(*type.element);
    case 'S': return type.type->go_name;
    default: return "string";
  }
}

std::string json_name(const Value& value) {
  switch (value.kind()) {
    case Kind::kList: return "array";
    case Kind::kMap: return "object";
    default: return std::string(kind_name(value.kind()));
  }
}

// Where the first byte lies that base64.StdEncoding refuses; nothing when the text is sound.
std::optional<size_t> base64_fault(std::string_view text) {
  auto line_end = [&](size_t i) { return i < text.size() && (text[i] == '\n' || text[i] == '\r'); };
  size_t in_group = 0;  // of four
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line_end(i)) continue;
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (letter) {
      in_group = (in_group + 1) % 4;
      continue;
    }
    if (c != '=' || in_group < 2) return i;
    ++i;
    while (line_end(i)) ++i;
    if (in_group == 2) {
      if (i >= text.size()) return text.size();
      if (text[i] != '=') return i;
      ++i;
      while (line_end(i)) ++i;
    }
    if (i < text.size()) return i;
    return std::nullopt;
  }
  // A group that is cut off is the fault, from its start.
  if (in_group != 0) return text.size() - in_group;
  return std::nullopt;
}

// A parent's path, grown for the time of one field or item.
class Longer {
 public:
  Longer(std::string& path, std::string_view piece, std::string_view dot) : path_(path), size_(path.size()) {
    if (!path_.empty()) path_ += dot;
    path_ += piece;
  }
  ~Longer() { path_.resize(size_); }

 private:
  std::string& path_;
  size_t size_;
};

// Walks a document along its type. Two paths are kept: as Go's errors write them (fields only) and as unknown fields
// are named (with indexes).
class Decoder {
 public:
  explicit Decoder(DecodeNotes* notes, bool as_stored = false) : notes_(notes), as_stored_(as_stored) {}
  explicit Decoder(std::vector<DecodeFault>& faults) : faults_(&faults) {}

  Result<Value> structure(const Shape& shape, const Value& value) {
    Value out = Value::map();
    out.reserve(value.size() + shape.always.size());
    const Shape* outer = owner_;
    for (const Entry& entry : value.entries()) {
      owner_ = &shape;
      Longer named(named_, entry.key(), ".");
      const GoField* field = shape.field(entry.key());
      if (!field) {
        if (notes_) notes_->unknown.push_back(named_);
        continue;
      }
      auto through = shape.through.find(field);
      Longer path(path_, through == shape.through.end() ? std::string(entry.key()) : fmt::format("{}.{}", through->second, entry.key()), ".");
      shown_type_ = field->go_name;
      TAUT_ASSIGN(Value decoded, taken(any(field->expression, entry.value, false)));
      if (kept(*field, decoded)) out.append_sorted(entry.name, std::move(decoded));
    }
    owner_ = outer;
    for (const GoField* field : shape.always) {
      if (!out.contains(field->name)) out.set(field->name, zero(field->expression));
    }
    return unchanged(value, out) ? value : out;
  }

 private:
  // Quantities inside a map are those of a list of resources.
  Result<Value> any(const GoExpression& type, const Value& value, bool in_map) {
    if (value.is_null()) return Value();
    switch (type.shape) {
      case 's': return value.is_string() ? Result<Value>(value) : misfit(type, value);
      case 'b': return value.is_bool() ? Result<Value>(value) : misfit(type, value);
      case 'i': return integer(type, value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
      case 'l': return integer(type, value, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max());
      case 'f': return value.is_number() ? Result<Value>(value) : misfit(type, value);
      case 'Q': return quantity(value, in_map);
      case 'o': return value.is_string() || value.is_integer() ? Result<Value>(value) : int_or_string(value);
      case 't': return time(type, value, false);
      case 'm': return time(type, value, true);
      case 'd': return duration(type, value);
      case 'y': return bytes(type, value);
      case '[': return list(type, value);
      case '{': return map(type, value);
      case 'S': return value.is_map() ? structure(*type.type, value) : misfit(type, value);
      default: return value;
    }
  }

  Result<Value> list(const GoExpression& type, const Value& value) {
    if (!value.is_list()) return misfit(type, value);
    const std::string shown = shown_type_;
    Value out = value;
    for (size_t i = 0; i < value.size(); ++i) {
      Longer named(named_, "[" + std::to_string(i) + "]", "");
      shown_type_ = shown.starts_with("[]") ? shown.substr(2) : std::string();
      TAUT_ASSIGN(Value item, taken(any(*type.element, value[i], false)));
      if (item.is_null()) item = zero(*type.element);
      if (!item.same(value[i])) out.edit(i) = std::move(item);
    }
    return out;
  }

  Result<Value> map(const GoExpression& type, const Value& value) {
    if (!value.is_map()) return misfit(type, value);
    Value out = value;
    for (const Entry& entry : value.entries()) {
      Longer named(named_, entry.key(), ".");
      shown_type_.clear();
      TAUT_ASSIGN(Value item, taken(any(*type.element, entry.value, true)));
      if (item.is_null()) item = type.element->shape == 'y' ? Value("") : zero(*type.element);
      if (!item.same(entry.value)) out.set(entry.key(), std::move(item));
    }
    return out;
  }

  Failure misfit(const GoExpression& type, const Value& value) { return misfit(type, json_name(value)); }

  Failure misfit(const GoExpression& type, const std::string& given) {
    final_ = false;
    std::string_view owner = owner_ ? std::string_view(owner_->name).substr(owner_->name.find('.') + 1) : std::string_view();
    return fail(Code::kInvalid, "json: cannot unmarshal {} into Go struct field {}.{} of type {}", given, owner, path_,
                shown_type_.empty() ? go_name(type) : shown_type_);
  }

  // When all faults are wanted one of them does not end the walk.
  Result<Value> taken(Result<Value> decoded) {
    if (decoded || faults_ == nullptr) return decoded;
    faults_->push_back({named_, decoded.error().message(), final_});
    final_ = true;
    return Value();
  }

  Result<Value> integer(const GoExpression& type, const Value& value, int64_t low, int64_t high) {
    if (!value.is_number()) return misfit(type, value);
    if (value.is_integer() && value.kind() != Kind::kUint && value.as_int() >= low && value.as_int() <= high) return value;
    std::string text = to_json(value);
    // How a whole number was written is not known any more; a fraction of zero is the usual way.
    if (value.kind() == Kind::kDouble && text.find_first_of(".e") == text.npos) text += ".0";
    return misfit(type, "number " + text);
  }

  static Result<Value> quantity(const Value& value, bool resource_list) {
    std::string text = value.is_string() ? std::string(trim(value.as_string())) : to_json(value);
    TAUT_ASSIGN(std::string stored, stored_quantity(text, resource_list));
    if (value.is_string() && stored == text) return value;
    return Value(stored);
  }

  static Result<Value> int_or_string(const Value& value) {
    return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type int32", json_name(value));
  }

  Result<Value> time(const GoExpression& type, const Value& value, bool micro) {
    if (!value.is_string()) return misfit(type, value);
    if (value.empty()) return Value();
    auto parsed = parse_rfc3339(value.as_string());
    if (!parsed) {
      // As Go's parser: it reads as far as it can.
      for (size_t end = value.size(); end > 19; --end) {
        if (!parse_rfc3339(value.as_string().substr(0, end))) continue;
        return fail(Code::kInvalid, "parsing time \"{}\": extra text: \"{}\"", value.str(), value.as_string().substr(end));
      }
      return fail(Code::kInvalid, "parsing time \"{}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{}\" as \"2006\"", value.str(),
                  value.str());
    }
    std::string text = micro ? format_rfc3339_micro(*parsed) : format_rfc3339(*parsed);
    return text == value.as_string() ? value : Value(text);
  }

  Result<Value> duration(const GoExpression& type, const Value& value) {
    if (!value.is_string()) return misfit(type, value);
    auto parsed = parse_go_duration(value.as_string());
    if (!parsed) return fail(Code::kInvalid, "time: invalid duration \"{}\"", value.str());
    return Value(format_go_duration(*parsed));
  }

  Result<Value> bytes(const GoExpression& type, const Value& value) {
    if (value.is_list()) {
      shown_type_ = "uint8";
      if (!value.empty() && !value[0].is_integer()) return misfit(type, value[0]);
      if (value.empty()) return Value("");
    }
    if (!value.is_string()) return misfit(type, value);
    final_ = false;
    if (auto fault = base64_fault(value.as_string())) return fail(Code::kInvalid, "illegal base64 data at input byte {}", *fault);
    return value;
  }

  static bool empty(const GoExpression& type, const Value& value) {
    switch (type.shape) {
      case 's': case 'y': case '[': case '{': return value.empty();
      case 'b': return !value.as_bool();
      case 'i': case 'l': return value.as_int() == 0;
      case 'f': return value.as_double() == 0;
      default: return false;
    }
  }

  // Whether the encoder writes a field that was given: omitempty drops zero values, but not pointers to them.
  bool kept(const GoField& field, const Value& value) const {
    if (value.is_null()) return false;
    const GoExpression& type = field.expression;
    // Protobuf, which the server stores, knows no empty lists.
    if (!field.omit_empty) return !(as_stored_ && (type.shape == '[' || type.shape == '{') && value.empty());
    return type.pointer || !empty(type, value);
  }

  // What Go writes of a field that always is written and was not given.
  Value zero(const GoExpression& type) {
    if (type.pointer) return Value();
    switch (type.shape) {
      case 's': return "";
      case 'b': return false;
      case 'i': case 'l': case 'f': case 'o': return 0;
      case 'Q': return "0";
      case 'd': return "0s";
      case 'S': return structure(*type.type, Value::map()).value_or(Value::map());
      default: return Value();
    }
  }

  static bool unchanged(const Value& before, const Value& after) {
    if (before.size() != after.size()) return false;
    auto a = before.entries(), b = after.entries();
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i].key() != b[i].key() || !a[i].value.same(b[i].value)) return false;
    }
    return true;
  }

  DecodeNotes* notes_ = nullptr;
  bool as_stored_ = false;
  const Shape* owner_ = nullptr;
  std::string named_, path_;
  std::string shown_type_;               // of the field at hand, where it has a name of its own
  std::vector<DecodeFault>* faults_ = nullptr;
  bool final_ = true;  // of the fault that is on its way
};

}  // namespace

Result<Value> decode(const Shape& shape, const Value& object, DecodeNotes* notes) { return Decoder(notes).structure(shape, object); }

std::vector<DecodeFault> decode_faults(const Shape& shape, const Value& object) {
  std::vector<DecodeFault> out;
  (void)Decoder(out).structure(shape, object);
  return out;
}

void settle(const Shape& shape, Value& object) {
  if (auto settled = Decoder(nullptr).structure(shape, object)) object = std::move(*settled);
}

void settle_stored(const Shape& shape, Value& object) {
  if (auto settled = Decoder(nullptr, true).structure(shape, object)) object = std::move(*settled);
}

}  // namespace taut::sandbox::kinds
