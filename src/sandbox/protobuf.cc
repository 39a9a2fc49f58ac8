#include "sandbox/protobuf.hh"

#include <algorithm>
#include <cstring>

#include "base/base64.hh"
#include "base/strings.hh"
#include "base/time.hh"
#include "sandbox/kinds/go_types.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// One field of a message: a number, and either a varint/fixed word or bytes.
struct Piece {
  uint32_t number = 0;
  uint64_t word = 0;
  std::string_view bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // False at the end or when the bytes are not a message; `bad()` tells which.
  bool next(Piece& piece) {
    if (at_ >= text_.size() || bad_) return false;
    uint64_t tag = varint();
    piece = Piece{.number = static_cast<uint32_t>(tag >> 3)};
    switch (tag & 7) {
      case 0: piece.word = varint(); break;
      case 1: piece.word = fixed(8); break;
      case 2: piece.bytes = take(varint()); break;
      case 5: piece.word = fixed(4); break;
      default: bad_ = true;
    }
    return !bad_;
  }
  bool bad() const { return bad_; }

 private:
  uint64_t varint() {
    uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ >= text_.size()) break;
      auto byte = static_cast<unsigned char>(text_[at_++]);
      out |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return out;
    }
    bad_ = true;
    return 0;
  }
  uint64_t fixed(size_t width) {
    uint64_t out = 0;
    std::string_view raw = take(width);
    std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(&out));
    return out;
  }
  std::string_view take(uint64_t length) {
    if (length > text_.size() - at_) {
      bad_ = true;
      return {};
    }
    std::string_view out = text_.substr(at_, length);
    at_ += length;
    return out;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool bad_ = false;
};

class Decoder {
 public:
  bool bad() const { return bad_; }

  void message(const GoType& type, std::string_view bytes, Value& into) {
    if (++depth_ > 100) bad_ = true;
    if (!into.is_map()) into = Value::map();
    Reader reader(bytes);
    for (Piece piece; !bad_ && reader.next(piece);) {
      for (const GoField& field : type.fields) {
        if (field.number != piece.number) continue;
        if (field.name.empty())
          message(*field.expression.type, piece.bytes, into);
        else
          add(field.expression, piece, into.edit(field.name));
        break;
      }
    }
    bad_ = bad_ || reader.bad();
    --depth_;
  }

 private:
  void add(const GoExpression& e, const Piece& piece, Value& slot) {
    if (e.shape == '[') {
      add(*e.element, piece, slot.push_back(Value()));
    } else if (e.shape == '{') {
      map_entry(e, piece, slot);
    } else if (e.shape == 'S') {
      message(*e.type, piece.bytes, slot);
    } else {
      slot = scalar(e, piece);
    }
  }

  void map_entry(const GoExpression& e, const Piece& piece, Value& slot) {
    Reader reader(piece.bytes);
    std::string key;
    Value value = e.element->shape == 's' || e.element->shape == 'y' ? Value("") : Value();
    for (Piece part; reader.next(part);) {
      if (part.number == 1) key = part.bytes;
      if (part.number == 2) {
        // ExtraValue and its like wrap their list in a message of its own.
        if (e.element->shape == '[')
          wrapped_list(*e.element, part.bytes, value);
        else
          add(*e.element, part, value);
      }
    }
    bad_ = bad_ || reader.bad();
    slot.set(key, std::move(value));
  }

  void wrapped_list(const GoExpression& e, std::string_view bytes, Value& into) {
    Reader reader(bytes);
    for (Piece part; reader.next(part);)
      if (part.number == 1) add(e, part, into);
  }

  Value scalar(const GoExpression& e, const Piece& piece) {
    switch (e.shape) {
      case 's': return piece.bytes;
      case 'b': return piece.word != 0;
      case 'i': return static_cast<int32_t>(piece.word);
      case 'l': return static_cast<int64_t>(piece.word);
      case 'y': return base64_encode(piece.bytes);
      case 'f': {
        double number = 0;
        std::memcpy(&number, &piece.word, sizeof number);
        return number;
      }
      default: return wrapped(e.shape, piece.bytes);
    }
  }

  // Types that are messages on the wire and scalars in JSON.
  Value wrapped(char shape, std::string_view bytes) {
    Piece parts[4];
    Reader reader(bytes);
    for (Piece part; reader.next(part);)
      if (part.number < 4) parts[part.number] = part;
    bad_ = bad_ || reader.bad();
    switch (shape) {
      case 'Q': return parts[1].bytes;
      case 'o': return parts[1].word == 0 ? Value(static_cast<int32_t>(parts[2].word)) : Value(parts[3].bytes);
      case 'd': return format_go_duration(Duration(static_cast<int64_t>(parts[1].word)));
      case 't':
      case 'm': return timestamp(shape, parts);
      default: {
        // RawExtension, FieldsV1, JSON: JSON text in field 1.
        auto parsed = parse_json(parts[1].bytes);
        return parsed ? *parsed : Value();
      }
    }
  }

  Value timestamp(char shape, const Piece* parts) {
    constexpr int64_t kFarthest = 9'223'372'035;  // what 64 bits of nanoseconds hold: the years 1678 to 2262
    auto seconds = static_cast<int64_t>(parts[1].word);
    if (seconds == 0 && parts[2].word == 0) return {};
    if (seconds > kFarthest || seconds < -kFarthest) {
      bad_ = true;
      return {};
    }
    Time time(std::chrono::seconds(seconds) + std::chrono::nanoseconds(static_cast<int32_t>(parts[2].word)));
    return shape == 't' ? format_rfc3339(time) : format_rfc3339_micro(time);
  }

  int depth_ = 0;
  bool bad_ = false;
};

}  // namespace

Result<Value> decode_protobuf(std::string_view body) {
  constexpr std::string_view kMagic("k8s\0", 4);
  if (!body.starts_with(kMagic)) return fail(Code::kInvalid, "provided data does not appear to be a protobuf message");
  std::string_view meta, raw;
  Reader unknown(body.substr(kMagic.size()));
  for (Piece piece; unknown.next(piece);) {
    if (piece.number == 1) meta = piece.bytes;
    if (piece.number == 2) raw = piece.bytes;
  }
  std::string api_version, kind;
  Reader type_meta(meta);
  for (Piece piece; type_meta.next(piece);) {
    if (piece.number == 1) api_version = piece.bytes;
    if (piece.number == 2) kind = piece.bytes;
  }
  if (unknown.bad() || type_meta.bad()) return fail(Code::kInvalid, "unexpected EOF");
  const GoType* type = kind == "DeleteOptions" ? go_type("meta/v1.DeleteOptions") : go_type(Gvk::parse(api_version, kind));
  if (type == nullptr)
    return fail(Code::kUnsupported, "no kind {} is registered for version {}", quote(kind), quote(api_version));
  Value object = Value::map();
  Decoder decoder;
  decoder.message(*type, raw, object);
  if (decoder.bad()) return fail(Code::kInvalid, "unexpected EOF");
  object.set("apiVersion", api_version);
  object.set("kind", kind);
  return object;
}

}  // namespace taut::sandbox
