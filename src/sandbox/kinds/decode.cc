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

// Where the walk is, from the inside out: a field of a struct, an entry of a map or an item of a list. Texts are made of
// it only when something is wrong.
struct Step {
  static constexpr size_t kNoItem = SIZE_MAX;

  const Step* up;
  std::string_view name;
  size_t item = kNoItem;
  const Shape* owner = nullptr;  // of a field
  const GoField* field = nullptr;

  // "spec.containers[0].image", as unknown fields are named.
  static std::string named(const Step* at) {
    if (at == nullptr) return {};
    std::string out = named(at->up);
    if (at->item != kNoItem) return out + '[' + std::to_string(at->item) + ']';
    return extended(std::move(out), at->name);
  }

  // "spec.containers.image", as Go's errors write it: fields only, with the embedded structs that they come through.
  static std::string path(const Step* at) {
    at = innermost_field(at);
    if (at == nullptr) return {};
    std::string out = path(at->up);
    auto through = at->owner->through.find(at->field);
    if (through != at->owner->through.end()) out = extended(std::move(out), through->second);
    return extended(std::move(out), at->name);
  }

  static const Step* innermost_field(const Step* at) {
    while (at != nullptr && at->field == nullptr) at = at->up;
    return at;
  }

 private:
  static std::string extended(std::string path, std::string_view piece) {
    if (!path.empty()) path += '.';
    return path.append(piece);
  }
};

// Whether a time is written as format_rfc3339 writes it; `parsed` is what it says.
bool is_canonical(std::string_view text, Time parsed) {
  return text.size() == 20 && text[10] == 'T' && text[19] == 'Z' && parsed != Time::max() && parsed != Time::min();
}

// What became of a value: nothing, another one that was made, or a failure.
enum class Outcome : uint8_t { kSame, kChanged, kBad };

// Walks a document along its type. Most documents are settled already: nothing is made until something changes.
class Decoder {
 public:
  explicit Decoder(DecodeNotes* notes, bool as_stored = false) : notes_(notes), as_stored_(as_stored) {}
  explicit Decoder(std::vector<DecodeFault>& faults) : faults_(&faults) {}

  Result<Value> read(const Shape& shape, const Value& value) {
    Value fresh;
    switch (structure(shape, value, nullptr, fresh)) {
      case Outcome::kSame: return value;
      case Outcome::kChanged: return fresh;
      case Outcome::kBad: break;
    }
    return fail(std::move(*error_));
  }

 private:
  // A map that is only copied when it turns out to be different.
  class Rebuilt {
   public:
    Rebuilt(std::span<const Entry> entries, size_t room, Value& out) : entries_(entries), room_(room), out_(out) {}
    bool changed() const { return changed_; }
    // From entry `i` on it is different.
    void change_at(size_t i) {
      if (std::exchange(changed_, true)) return;
      out_ = Value::map();
      out_.reserve(room_);
      for (const Entry& entry : entries_.first(i)) out_.append_sorted(entry.name, entry.value);
    }
    void add(const Key& name, Value value) { out_.append_sorted(name, std::move(value)); }

   private:
    std::span<const Entry> entries_;
    size_t room_;
    Value& out_;
    bool changed_ = false;
  };

  Outcome structure(const Shape& shape, const Value& value, const Step* up, Value& fresh) {
    const auto entries = value.entries();
    Rebuilt out(entries, entries.size() + shape.always.size(), fresh);
    auto always = shape.always.begin();
    auto add_zeros = [&](size_t i) {
      for (; always != shape.always.end() && (i == entries.size() || (*always)->name < entries[i].key()); ++always) {
        out.change_at(i);
        out.add(Key((*always)->name), zero((*always)->expression));
      }
    };
    for (size_t i = 0; i < entries.size(); ++i) {
      add_zeros(i);
      const Entry& entry = entries[i];
      const GoField* field = shape.field(entry.key());
      Step step{up, entry.key(), Step::kNoItem, &shape, field};
      if (!field) {
        if (notes_) notes_->unknown.push_back(Step::named(&step));
        out.change_at(i);
        continue;
      }
      bool written = always != shape.always.end() && *always == field;
      if (written) ++always;
      shown_type_ = field->go_name;
      Value made;
      Outcome outcome = taken(any(field->expression, entry.value, false, step, made), step, made);
      if (outcome == Outcome::kBad) return outcome;
      if (!kept(*field, outcome == Outcome::kSame ? entry.value : made)) {
        if (written) made = zero(field->expression);
        outcome = written && made.same(entry.value) ? Outcome::kSame : Outcome::kChanged;
        if (!written) {
          out.change_at(i);
          continue;
        }
      }
      if (outcome == Outcome::kChanged) out.change_at(i);
      if (out.changed()) out.add(entry.name, outcome == Outcome::kSame ? entry.value : std::move(made));
    }
    add_zeros(entries.size());
    return out.changed() ? Outcome::kChanged : Outcome::kSame;
  }

  Outcome when(bool fits, const GoExpression& type, const Value& value, const Step& at) {
    return fits ? Outcome::kSame : misfit(type, json_name(value), at);
  }

  // Quantities inside a map are those of a list of resources.
  Outcome any(const GoExpression& type, const Value& value, bool in_map, const Step& at, Value& fresh) {
    if (value.is_null()) return Outcome::kSame;
    switch (type.shape) {
      case 's': return when(value.is_string(), type, value, at);
      case 'b': return when(value.is_bool(), type, value, at);
      case 'i': return integer(type, value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), at);
      case 'l': return integer(type, value, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), at);
      case 'f': return when(value.is_number(), type, value, at);
      case 'Q': return quantity(value, in_map, fresh);
      case 'o': return value.is_string() || value.is_integer() ? Outcome::kSame : int_or_string(value);
      case 't': return time(type, value, false, at, fresh);
      case 'm': return time(type, value, true, at, fresh);
      case 'd': return duration(type, value, at, fresh);
      case 'y': return bytes(type, value, at, fresh);
      case '[': return list(type, value, at, fresh);
      case '{': return map(type, value, at, fresh);
      case 'S': return value.is_map() ? structure(*type.type, value, &at, fresh) : misfit(type, json_name(value), at);
      default: return Outcome::kSame;
    }
  }

  Outcome list(const GoExpression& type, const Value& value, const Step& at, Value& fresh) {
    if (!value.is_list()) return misfit(type, json_name(value), at);
    const std::string_view shown = shown_type_;
    bool changed = false;
    for (size_t i = 0; i < value.size(); ++i) {
      Step step{&at, {}, i};
      shown_type_ = shown.starts_with("[]") ? shown.substr(2) : std::string_view();
      Value made;
      Outcome outcome = taken(any(*type.element, value[i], false, step, made), step, made);
      if (outcome == Outcome::kBad) return outcome;
      if (outcome == Outcome::kSame && !value[i].is_null()) continue;
      if (made.is_null()) made = zero(*type.element);
      if (made.same(value[i])) continue;
      if (!std::exchange(changed, true)) fresh = value;
      fresh.edit(i) = std::move(made);
    }
    return changed ? Outcome::kChanged : Outcome::kSame;
  }

  Outcome map(const GoExpression& type, const Value& value, const Step& at, Value& fresh) {
    if (!value.is_map()) return misfit(type, json_name(value), at);
    bool changed = false;
    for (const Entry& entry : value.entries()) {
      Step step{&at, entry.key()};
      shown_type_ = {};
      Value made;
      Outcome outcome = taken(any(*type.element, entry.value, true, step, made), step, made);
      if (outcome == Outcome::kBad) return outcome;
      if (outcome == Outcome::kSame && !entry.value.is_null()) continue;
      if (made.is_null()) made = type.element->shape == 'y' ? Value("") : zero(*type.element);
      if (made.same(entry.value)) continue;
      if (!std::exchange(changed, true)) fresh = value;
      fresh.set(entry.key(), std::move(made));
    }
    return changed ? Outcome::kChanged : Outcome::kSame;
  }

  template <class... Arguments>
  Outcome bad(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    error_ = Error(Code::kInvalid, fmt::format(text, std::forward<Arguments>(arguments)...));
    return Outcome::kBad;
  }

  Outcome misfit(const GoExpression& type, const std::string& given, const Step& at) {
    final_ = false;
    const Step* field = Step::innermost_field(&at);
    std::string_view owner = field ? std::string_view(field->owner->name) : std::string_view();
    owner.remove_prefix(owner.find('.') + 1);
    return bad("json: cannot unmarshal {} into Go struct field {}.{} of type {}", given, owner, Step::path(&at),
               shown_type_.empty() ? go_name(type) : std::string(shown_type_));
  }

  // When all faults are wanted one of them does not end the walk.
  Outcome taken(Outcome outcome, const Step& at, Value& fresh) {
    if (outcome != Outcome::kBad || faults_ == nullptr) return outcome;
    faults_->push_back({Step::named(&at), error_->message(), final_});
    final_ = true;
    fresh = Value();
    return Outcome::kChanged;
  }

  static Outcome replaced(const Value& value, Value made, Value& fresh) {
    if (made == value) return Outcome::kSame;
    fresh = std::move(made);
    return Outcome::kChanged;
  }

  Outcome integer(const GoExpression& type, const Value& value, int64_t low, int64_t high, const Step& at) {
    if (!value.is_number()) return misfit(type, json_name(value), at);
    if (value.is_integer() && value.kind() != Kind::kUint && value.as_int() >= low && value.as_int() <= high) return Outcome::kSame;
    std::string text = to_json(value);
    // How a whole number was written is not known any more; a fraction of zero is the usual way.
    if (value.kind() == Kind::kDouble && text.find_first_of(".e") == text.npos) text += ".0";
    return misfit(type, "number " + text, at);
  }

  Outcome quantity(const Value& value, bool resource_list, Value& fresh) {
    std::string text = value.is_string() ? std::string(trim(value.as_string())) : to_json(value);
    auto stored = stored_quantity(text, resource_list);
    if (!stored) {
      error_ = std::move(stored).error();
      return Outcome::kBad;
    }
    return replaced(value, Value(*stored), fresh);
  }

  Outcome int_or_string(const Value& value) {
    return bad("json: cannot unmarshal {} into Go value of type int32", json_name(value));
  }

  Outcome time(const GoExpression& type, const Value& value, bool micro, const Step& at, Value& fresh) {
    if (!value.is_string()) return misfit(type, json_name(value), at);
    if (value.empty()) return replaced(value, Value(), fresh);
    auto parsed = parse_rfc3339(value.as_string());
    if (!parsed) {
      // As Go's parser: it reads as far as it can.
      for (size_t end = value.size(); end > 19; --end) {
        if (!parse_rfc3339(value.as_string().substr(0, end))) continue;
        return bad("parsing time \"{}\": extra text: \"{}\"", value.str(), value.as_string().substr(end));
      }
      return bad("parsing time \"{}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{}\" as \"2006\"", value.str(), value.str());
    }
    if (!micro && is_canonical(value.as_string(), *parsed)) return Outcome::kSame;
    return replaced(value, micro ? format_rfc3339_micro(*parsed) : format_rfc3339(*parsed), fresh);
  }

  Outcome duration(const GoExpression& type, const Value& value, const Step& at, Value& fresh) {
    if (!value.is_string()) return misfit(type, json_name(value), at);
    auto parsed = parse_go_duration(value.as_string());
    if (!parsed) return bad("time: invalid duration \"{}\"", value.str());
    return replaced(value, format_go_duration(*parsed), fresh);
  }

  Outcome bytes(const GoExpression& type, const Value& value, const Step& at, Value& fresh) {
    if (value.is_list()) {
      shown_type_ = "uint8";
      if (!value.empty() && !value[0].is_integer()) return misfit(type, json_name(value[0]), at);
      if (value.empty()) return replaced(value, "", fresh);
    }
    if (!value.is_string()) return misfit(type, json_name(value), at);
    final_ = false;
    if (auto fault = base64_fault(value.as_string())) return bad("illegal base64 data at input byte {}", *fault);
    return Outcome::kSame;
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
      case 'S': return zero_struct(*type.type);
      default: return Value();
    }
  }

  Value zero_struct(const Shape& shape) {
    Value out = Value::map();
    Value fresh;
    return structure(shape, out, nullptr, fresh) == Outcome::kChanged ? fresh : out;
  }

  DecodeNotes* notes_ = nullptr;
  bool as_stored_ = false;
  std::string_view shown_type_;  // of the field at hand, where it has a name of its own
  std::optional<Error> error_;   // after kBad
  std::vector<DecodeFault>* faults_ = nullptr;
  bool final_ = true;  // of the fault that is on its way
};

}  // namespace

Result<Value> decode(const Shape& shape, const Value& object, DecodeNotes* notes) { return Decoder(notes).read(shape, object); }

std::vector<DecodeFault> decode_faults(const Shape& shape, const Value& object) {
  std::vector<DecodeFault> out;
  (void)Decoder(out).read(shape, object);
  return out;
}

void settle(const Shape& shape, Value& object) {
  if (auto settled = Decoder(nullptr).read(shape, object)) object = std::move(*settled);
}

void settle_stored(const Shape& shape, Value& object) {
  if (auto settled = Decoder(nullptr, true).read(shape, object)) object = std::move(*settled);
}

}  // namespace taut::sandbox::kinds
