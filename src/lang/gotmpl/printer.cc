#include "lang/gotmpl/printer.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/runes.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

constexpr std::string_view kNil = "<nil>";
// Deeper values can only be cycles, or made to break printers.
constexpr int kMaxDepth = 10000;

bool is_pointer(const Value& value) { return value.is_struct() && value.type().pointer; }

}  // namespace

void Printer::print(std::span<const Value> args) {
  bool text_before = false;
  for (size_t i = 0; i < args.size(); ++i) {
    bool text = args[i].is_string();
    if (i > 0 && !text && !text_before) out_ += ' ';
    argument(args[i], 'v');
    text_before = text;
  }
}

void Printer::print_line(std::span<const Value> args) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out_ += ' ';
    argument(args[i], 'v');
  }
  out_ += '\n';
}

void Printer::argument(const Value& arg, uint32_t verb) {
  if (arg.is_nil()) {
    if (verb == 'T' || verb == 'v') pad(kNil);
    else bad_verb(arg, verb);
  } else if (verb == 'T') {
    write_text(type_text(arg));
  } else if (verb == 'p') {
    pointer(arg, verb);
  } else if (!methods(arg, verb)) {
    value(arg, verb, 0);
  }
}

// Uses the type's own String(), if it has one and the verb is one for text. %w is for errors only, elsewhere.
bool Printer::methods(const Value& value, uint32_t verb) {
  if (erroring_) return false;
  if (verb == 'w' && (value.is_list() || value.is_map() || value.is_struct())) {
    bad_verb(value, verb);
    return true;
  }
  const Type& type = value.type();
  constexpr std::string_view kTextVerbs = "vsxXq";
  if (type.stringer == nullptr || type.pointer_stringer || flags_.sharp_v || verb > 'x' ||
      kTextVerbs.find(static_cast<char>(verb)) == std::string_view::npos) {
    return false;
  }
  text(value, type.stringer(value), verb);
  return true;
}

void Printer::value(const Value& value, uint32_t verb, int depth) {
  if (depth > kMaxDepth) throw LimitPassed{"depth of a value that is printed"};
  check_text_size(out_.size() - start_);
  if (depth > 0 && !value.is_nil() && methods(value, verb)) return;
  switch (value.kind()) {
    case Kind::kInvalid:
    case Kind::kNil:
      if (flags_.sharp_v) out_ += "interface {}(nil)";
      else out_ += kNil;
      return;
    case Kind::kBool: return boolean(value, verb);
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64: return integer(value, verb);
    case Kind::kFloat64: return real(value, value.as_real(), verb);
    case Kind::kComplex128: return complex(value, verb);
    case Kind::kString: return text(value, value.as_text(), verb);
    case Kind::kBytes: return bytes(value, verb);
    case Kind::kList: return list(value.list(), verb, depth);
    case Kind::kMap: return map(value.type(), value.map(), verb, depth);
    case Kind::kStruct: break;
  }
  if (is_pointer(value)) {
    if (depth > 0) return pointer(value, verb);
    out_ += '&';
  }
  object(value.object(), verb, depth + (is_pointer(value) ? 1 : 0));
}

void Printer::list(const List& list, uint32_t verb, int depth) {
  if (flags_.sharp_v) {
    out_ += list.type().name;
    if (list.is_nil()) {
      out_ += "(nil)";
      return;
    }
  }
  out_ += flags_.sharp_v ? '{' : '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out_ += flags_.sharp_v ? ", " : " ";
    value(list.at(i), verb, depth + 1);
  }
  out_ += flags_.sharp_v ? '}' : ']';
}

void Printer::map(const Type& type, const Map& map, uint32_t verb, int depth) {
  if (flags_.sharp_v) out_ += type.name;
  if (flags_.sharp_v && map.is_nil()) {
    out_ += "(nil)";
    return;
  }
  out_ += flags_.sharp_v ? "{" : "map[";
  for (size_t i = 0; i < map.size(); ++i) {
    if (i > 0) out_ += flags_.sharp_v ? ", " : " ";
    value(Value::text(map.key(i)), verb, depth + 1);
    out_ += ':';
    value(map.value(i), verb, depth + 1);
  }
  out_ += flags_.sharp_v ? '}' : ']';
}

void Printer::object(const Struct& object, uint32_t verb, int depth) {
  const Type& type = object.type();
  if (flags_.sharp_v) out_ += type.name.substr(type.pointer ? 1 : 0);
  out_ += '{';
  for (size_t i = 0; i < object.size(); ++i) {
    if (i > 0) out_ += flags_.sharp_v ? ", " : " ";
    if (flags_.plus_v || flags_.sharp_v) {
      out_ += type.fields[i];
      out_ += ':';
    }
    value(object.at(i), verb, depth + 1);
  }
  out_ += '}';
}

// %!verb(type=value)
void Printer::bad_verb(const Value& arg, uint32_t verb) {
  erroring_ = true;
  out_ += "%!";
  out_ += rune_text(verb);
  out_ += '(';
  if (arg.is_nil()) {
    out_ += kNil;
  } else {
    out_ += type_text(arg);
    out_ += '=';
    value(arg, 'v', 0);
  }
  out_ += ')';
  erroring_ = false;
}

void Printer::boolean(const Value& value, uint32_t verb) {
  if (verb == 't' || verb == 'v') pad(value.as_bool() ? "true" : "false");
  else bad_verb(value, verb);
}

void Printer::integer(const Value& value, uint32_t verb) {
  bool is_signed = value.is_signed();
  uint64_t number = value.as_uint();
  switch (verb) {
    case 'v':
      if (flags_.sharp_v && !is_signed) write_hex(number, true);
      else write_integer(number, 10, is_signed, verb, false);
      return;
    case 'd': return write_integer(number, 10, is_signed, verb, false);
    case 'b': return write_integer(number, 2, is_signed, verb, false);
    case 'o':
    case 'O': return write_integer(number, 8, is_signed, verb, false);
    case 'x': return write_integer(number, 16, is_signed, verb, false);
    case 'X': return write_integer(number, 16, is_signed, verb, true);
    case 'c': return write_rune(number);
    case 'q': return write_quoted_rune(number);
    case 'U': return write_unicode(number);
    default: return bad_verb(value, verb);
  }
}

void Printer::real(const Value& value, double number, uint32_t verb) {
  switch (verb) {
    case 'v': return write_float(number, 'g', -1);
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X': return write_float(number, static_cast<char>(verb), -1);
    case 'f':
    case 'e':
    case 'E': return write_float(number, static_cast<char>(verb), 6);
    case 'F': return write_float(number, 'f', 6);
    default: return bad_verb(value, verb);
  }
}

void Printer::complex(const Value& value, uint32_t verb) {
  constexpr std::string_view kVerbs = "vbgGxXfFeE";
  if (verb > 'x' || kVerbs.find(static_cast<char>(verb)) == std::string_view::npos) return bad_verb(value, verb);
  bool plus = flags_.plus;
  out_ += '(';
  real(value, value.as_complex().real(), verb);
  flags_.plus = true;
  real(value, value.as_complex().imag(), verb);
  out_ += "i)";
  flags_.plus = plus;
}

void Printer::text(const Value& value, std::string_view text, uint32_t verb) {
  switch (verb) {
    case 'v':
      if (flags_.sharp_v) write_quoted(text);
      else write_text(text);
      return;
    case 's': return write_text(text);
    case 'x': return write_text_hex(text, false);
    case 'X': return write_text_hex(text, true);
    case 'q': return write_quoted(text);
    default: return bad_verb(value, verb);
  }
}

void Printer::bytes(const Value& value, uint32_t verb) {
  std::string_view bytes = value.as_text();
  if (verb == 's' || verb == 'q' || verb == 'x' || verb == 'X') return text(value, bytes, verb);
  if (flags_.sharp_v) out_ += "[]byte";
  out_ += flags_.sharp_v ? '{' : '[';
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out_ += flags_.sharp_v ? ", " : " ";
    integer(Value::uint8(static_cast<uint8_t>(bytes[i])), verb);
  }
  out_ += flags_.sharp_v ? '}' : ']';
}

// Addresses differ from run to run in Go; here they are always the same.
void Printer::pointer(const Value& value, uint32_t verb) {
  constexpr uint64_t kAddress = 0xc000012000;
  if (!value.is_list() && !value.is_map() && value.kind() != Kind::kBytes && !is_pointer(value)) {
    return bad_verb(value, verb);
  }
  if (verb == 'v' || verb == 'p') write_hex(kAddress, !flags_.sharp);
  else if (verb == 'b' || verb == 'o' || verb == 'd' || verb == 'x' || verb == 'X') {
    integer(Value::uint64(kAddress), verb);
  } else {
    bad_verb(value, verb);
  }
}

}  // namespace taut::gotmpl
