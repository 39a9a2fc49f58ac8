#include "yaml/input.hh"

#include <algorithm>

#include "yaml/chars.hh"

namespace taut::yaml {
namespace {

// go-yaml reads its input in pieces of this size, and checks each piece as a whole.
constexpr size_t kPiece = 512;

bool allowed(uint32_t point) {
  return point == 0x09 || point == 0x0A || point == 0x0D || (point >= 0x20 && point <= 0x7E) || point == 0x85 ||
         (point >= 0xA0 && point <= 0xD7FF) || (point >= 0xE000 && point <= 0xFFFD) || point >= 0x10000;
}

constexpr size_t kStride = 64;

// Whether the next kStride bytes are printable ASCII, tabs and line feeds.
bool plain_ascii(const char* bytes) {
  unsigned char bad = 0;
  for (size_t i = 0; i < kStride; ++i) {
    auto c = static_cast<unsigned char>(bytes[i]);
    bool control = (c < 0x20) & (c != '\n') & (c != '\t');
    bad |= static_cast<unsigned char>(control | (c > 0x7E));
  }
  return bad == 0;
}

// Why the sequence at the start of `text` is refused, or empty; `width` is its length.
std::string_view check(std::string_view text, size_t& width) {
  auto first = static_cast<unsigned char>(text[0]);
  width = sequence_width(first);
  if (width == 0) return "invalid leading UTF-8 octet";
  if (width > text.size()) return "incomplete UTF-8 octet sequence";
  uint32_t point = width == 1 ? first : first & (0x7Fu >> width);
  for (size_t i = 1; i < width; ++i) {
    auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return "invalid trailing UTF-8 octet";
    point = point << 6 | (next & 0x3F);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[width]) return "invalid length of a UTF-8 sequence";
  if ((point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return "invalid Unicode character";
  return allowed(point) ? std::string_view() : "control characters are not allowed";
}

}  // namespace

Input::Input(std::string_view text) : text_(text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    begin_ = 3;
  } else if (text.starts_with("\xFF\xFE")) {
    convert_utf16(true);
  } else if (text.starts_with("\xFE\xFF")) {
    convert_utf16(false);
  }
  end_ = text_.size();
  if (problem_.empty()) validate();
  else simple_ = false;
}

void Input::convert_utf16(bool little_endian) {
  auto unit = [&](size_t i) {
    auto a = static_cast<unsigned char>(text_[i]), b = static_cast<unsigned char>(text_[i + 1]);
    return static_cast<uint32_t>(little_endian ? a | b << 8 : a << 8 | b);
  };
  size_t i = 2;
  while (i < text_.size() && problem_.empty()) {
    if (i + 1 >= text_.size()) {
      problem_ = "incomplete UTF-16 character";
      break;
    }
    uint32_t point = unit(i);
    i += 2;
    if ((point & 0xFC00) == 0xDC00) problem_ = "unexpected low surrogate area";
    if ((point & 0xFC00) == 0xD800) {
      if (i + 1 >= text_.size()) {
        problem_ = "incomplete UTF-16 surrogate pair";
      } else if ((unit(i) & 0xFC00) != 0xDC00) {
        problem_ = "expected low surrogate area";
      } else {
        point = 0x10000 + ((point & 0x3FF) << 10) + (unit(i) & 0x3FF);
        i += 2;
      }
    }
    if (problem_.empty()) append_utf8(point, converted_);
  }
  text_ = converted_;
}

void Input::validate() {
  size_t at = begin_;
  while (at < text_.size()) {
    if (at + kStride <= text_.size() && plain_ascii(text_.data() + at)) {
      at += kStride;
      continue;
    }
    size_t stop = std::min(at + kStride, text_.size());
    while (at < stop) {
      size_t width = 0;
      problem_ = check(text_.substr(at), width);
      if (!problem_.empty()) {
        simple_ = false;
        end_ = begin_ + (at - begin_) / kPiece * kPiece;
        return;
      }
      bool rare_break = text_[at] != '\n' && break_length(text_.substr(at)) != 0;
      if (rare_break) simple_ = false;
      at += width;
    }
  }
}

}  // namespace taut::yaml
