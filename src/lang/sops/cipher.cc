#include "lang/sops/cipher.hh"

#include <charconv>

#include "base/base64.hh"
#include "lang/sops/primitives.hh"
#include "value/json.hh"

namespace taut::sops {
namespace {

struct Sealed {
  std::string_view data, iv, tag, type;
};

// ^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]
std::optional<Sealed> parse(std::string_view text) {
  constexpr std::string_view kStart = "ENC[AES256_GCM,data:";
  size_t end = text.rfind(']');
  if (!text.starts_with(kStart) || end == std::string_view::npos) return std::nullopt;
  text = text.substr(0, end);
  size_t type = text.rfind(",type:"), tag = text.rfind(",tag:", type), iv = text.rfind(",iv:", tag);
  if (type == std::string_view::npos || tag == std::string_view::npos || iv == std::string_view::npos || iv < kStart.size()) return std::nullopt;
  Sealed out{text.substr(kStart.size(), iv - kStart.size()), text.substr(iv + 4, tag - iv - 4), text.substr(tag + 5, type - tag - 5), text.substr(type + 6)};
  return out.data.empty() || out.iv.empty() || out.tag.empty() || out.type.empty() ? std::nullopt : std::optional(out);
}

std::optional<bool> go_bool(std::string_view text) {
  for (std::string_view word : {"1", "t", "T", "TRUE", "true", "True"})
    if (text == word) return true;
  for (std::string_view word : {"0", "f", "F", "FALSE", "false", "False"})
    if (text == word) return false;
  return std::nullopt;
}

template <class Number>
std::optional<Value> number_of(std::string_view text) {
  Number out{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Value(out);
}

std::optional<Value> typed(std::string_view type, const std::string& text) {
  if (type == "str" || type == "bytes" || type == "time" || type == "comment") return Value(text);
  if (type == "int") return number_of<int64_t>(text);
  if (type == "float") return number_of<double>(text);
  if (type != "bool") return std::nullopt;
  auto truth = go_bool(text);
  return truth ? std::optional<Value>(*truth) : std::nullopt;
}

}  // namespace

bool has_cipher_form(std::string_view text) { return parse(text).has_value(); }

Result<Node> decrypt_value(std::string_view text, std::string_view key, std::string_view path) {
  Node out;
  out.scalar = Value("");
  if (text.empty()) return out;
  auto sealed = parse(text);
  if (!sealed) return fail(Code::kInvalid, "Input string <redacted> does not match sops' data format");
  auto data = base64_decode(sealed->data), iv = base64_decode(sealed->iv), tag = base64_decode(sealed->tag);
  if (!data || !iv || !tag) return fail(Code::kInvalid, "Error base64-decoding data: illegal base64 data");
  auto plain = open_sealed(Aead::kAes256Gcm, key, *iv, *data, *tag, path);
  if (!plain) return fail(Code::kInvalid, "Could not decrypt with AES_GCM: cipher: message authentication failed");
  auto value = typed(sealed->type, *plain);
  if (!value) return fail(Code::kInvalid, "the decrypted value is no {}", sealed->type);
  out.scalar = std::move(*value);
  out.date = sealed->type == "time";
  out.comment = sealed->type == "comment";
  return out;
}

std::string checked_bytes(const Node& scalar) {
  const Value& value = scalar.scalar;
  if (value.is_null()) return {};
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  if (value.is_string()) return value.str();
  if (value.is_integer()) return to_json(value);
  // strconv.FormatFloat(v, 'f', -1, 64)
  char text[400];
  auto [end, error] = std::to_chars(text, text + sizeof text, value.as_double(), std::chars_format::fixed);
  return error == std::errc() ? std::string(text, end) : std::string();
}

}  // namespace taut::sops
