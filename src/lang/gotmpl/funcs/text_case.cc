#include "lang/gotmpl/funcs/text_case.hh"

#include <algorithm>
#include <utility>

#include "base/runes.hh"
#include "base/unicode.hh"

namespace taut::gotmpl {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Each character through `change`, in order.
template <class Change>
std::string map_runes(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    uint32_t rune = change(take_rune(text));
    if (rune < 0x80) out += static_cast<char>(rune);
    else out += rune_text(rune);
  }
  return out;
}

std::string map_ascii(std::string_view text, char first, char last, int change) {
  std::string out(text);
  for (char& c : out)
    if (c >= first && c <= last) c = static_cast<char>(c + change);
  return out;
}

// What parts words for strings.Title.
bool is_separator(uint32_t rune) {
  if (rune < 0x80) return !is_letter(rune) && !is_digit(rune) && rune != '_';
  return !is_letter(rune) && !is_digit(rune) && is_space(rune);
}

bool is_connector(uint32_t rune) { return rune == '-' || rune == '_' || is_space(rune); }

}  // namespace

std::string upper_case(std::string_view text) {
  return is_ascii(text) ? map_ascii(text, 'a', 'z', -32) : map_runes(text, to_upper);
}

std::string lower_case(std::string_view text) {
  return is_ascii(text) ? map_ascii(text, 'A', 'Z', 32) : map_runes(text, to_lower);
}

std::string title_case(std::string_view text) {
  uint32_t before = ' ';
  return map_runes(text, [&](uint32_t rune) {
    bool first = is_separator(before);
    before = rune;
    return first ? to_title(rune) : rune;
  });
}

std::string untitle_case(std::string_view text) {
  bool first = true;
  return map_runes(text, [&](uint32_t rune) {
    if (is_space(rune)) {
      first = true;
      return rune;
    }
    bool change = std::exchange(first, false);
    return change ? to_lower(rune) : rune;
  });
}

std::string swap_case(std::string_view text) {
  bool first = true;
  return map_runes(text, [&](uint32_t rune) {
    if (is_upper(rune) || is_title(rune)) {
      first = false;
      return to_lower(rune);
    }
    if (is_lower(rune)) return std::exchange(first, false) ? to_title(rune) : to_upper(rune);
    first = is_space(rune);
    return rune;
  });
}

std::string pascal_case(std::string_view text) {
  std::string out;
  uint32_t rune = 0;
  bool any = !text.empty(), upper_run = false;
  // Connectors at the start stay.
  while (!text.empty()) {
    rune = take_rune(text);
    if (!is_connector(rune)) {
      upper_run = is_upper(rune);
      rune = to_upper(rune);
      break;
    }
    out += rune_text(rune);
  }
  // xstrings writes a connector that ends the text once more.
  if (text.empty()) return any ? out + rune_text(rune) : out;
  while (!text.empty()) {
    uint32_t before = rune;
    rune = take_rune(text);
    if (is_connector(before) && is_connector(rune)) {
      out += rune_text(before);
    } else if (is_connector(before)) {
      upper_run = is_upper(rune);
      rune = to_upper(rune);
    } else {
      // "HTTP" becomes "Http".
      if (upper_run && is_upper(rune)) rune = to_lower(rune);
      else upper_run = false;
      out += rune_text(before);
    }
  }
  return out + rune_text(rune);
}

namespace {

// xstrings cuts a text into words of one kind, then decides by pairs of kinds where connectors go.
enum class Word { kInvalid, kNumber, kUpper, kAlphabet, kConnector, kPunct, kOther };

// Letters but the Chinese ones of CJK's first blocks.
bool is_alphabet(uint32_t rune) {
  bool cjk = (rune >= 0x4E00 && rune <= 0x9FCC) || (rune >= 0x3400 && rune <= 0x4D85) ||
             (rune >= 0x20000 && rune <= 0x2B81D);
  return is_letter(rune) && !cjk;
}

struct Found {
  Word kind = Word::kInvalid;
  std::string_view text;
};

class WordReader {
 public:
  explicit WordReader(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }

  Found next() {
    if (rest_.empty()) return {};
    start_ = rest_;
    uint32_t rune = 0;
    Found out;
    if (!peek(rune, width_)) {
      rest_.remove_prefix(width_);
      return taken(Word::kInvalid);
    }
    rest_.remove_prefix(width_);
    if (is_connector(rune)) out.kind = take_while(Word::kConnector, is_connector);
    else if (is_punct(rune)) out.kind = take_while(Word::kPunct, is_punct);
    else if (is_upper(rune)) out.kind = take_upper();
    else if (is_alphabet(rune)) out.kind = take_while(Word::kAlphabet, is_small);
    else if (is_number(rune)) out.kind = take_while(Word::kNumber, is_number);
    else out.kind = take_while(Word::kOther, is_other);
    return taken(out.kind);
  }

 private:
  static bool is_small(uint32_t rune) { return is_alphabet(rune) && !is_upper(rune); }
  static bool is_other(uint32_t rune) {
    return !is_connector(rune) && !is_alphabet(rune) && !is_number(rune) && !is_punct(rune);
  }

  // The next character that is valid, and how many bytes it and the invalid ones before it take.
  bool peek(uint32_t& rune, size_t& width) const {
    std::string_view at = rest_;
    while (!at.empty()) {
      uint32_t found = take_rune(at);
      width = rest_.size() - at.size();
      if (found == 0xFFFD) continue;
      rune = found;
      return true;
    }
    width = rest_.size();
    return false;
  }

  template <class Test>
  Word take_while(Word kind, Test test) {
    uint32_t rune = 0;
    while (!rest_.empty() && (!peek(rune, width_) || test(rune))) rest_.remove_prefix(width_);
    return kind;
  }

  // Of "HTTPStatus" only "HTTP"; of "Status" all.
  Word take_upper() {
    uint32_t rune = 'A';  // what stands where no valid character follows
    if (rest_.empty()) return Word::kUpper;
    peek(rune, width_);
    if (!is_upper(rune)) return is_alphabet(rune) ? take_while(Word::kUpper, is_small) : Word::kUpper;
    size_t last = 0;
    while (!rest_.empty()) {
      peek(rune, width_);
      if (!is_upper(rune)) break;
      last = width_;
      rest_.remove_prefix(width_);
    }
    if (!rest_.empty() && is_alphabet(rune)) rest_ = start_.substr(start_.size() - rest_.size() - last);
    return Word::kUpper;
  }

  Found taken(Word kind) const { return {kind, start_.substr(0, start_.size() - rest_.size())}; }

  std::string_view rest_, start_;
  size_t width_ = 0;
};

class CaseJoiner {
 public:
  CaseJoiner(std::string_view text, char connector) : reader_(text), connector_(connector) { next(); }

  std::string run() {
    while (!reader_.done()) {
      if (word_.kind != Word::kConnector) append(word_);
      Found before = word_;
      next();
      switch (before.kind) {
        case Word::kNumber: after_number(); break;
        case Word::kConnector: append(before); break;
        case Word::kPunct: break;
        default: after_letters();
      }
    }
    append(word_);
    return std::move(out_);
  }

 private:
  void next() { word_ = reader_.next(); }
  bool is(Word a, Word b) const { return word_.kind == a || word_.kind == b; }

  void append_alphabet_and_numbers() {
    for (; is(Word::kAlphabet, Word::kNumber); next()) append(word_);
  }

  void after_number() {
    append_alphabet_and_numbers();
    if (word_.kind != Word::kInvalid && !is(Word::kPunct, Word::kConnector)) out_ += connector_;
  }

  void after_letters() {
    if (word_.kind != Word::kNumber) {
      if (!is(Word::kConnector, Word::kPunct)) out_ += connector_;
      return;
    }
    if (reader_.done()) return;
    Found number = word_;
    next();
    if (word_.kind != Word::kAlphabet) {  // "Bld4Floor": the number belongs to what is before it
      append(number);
      if (!is(Word::kConnector, Word::kPunct)) out_ += connector_;
      return;
    }
    out_ += connector_;  // "HTTP2xx": to what is behind it
    append(number);
    append_alphabet_and_numbers();
    if (word_.kind != Word::kInvalid && !is(Word::kConnector, Word::kPunct)) out_ += connector_;
  }

  void append(const Found& word) {
    if (word.kind != Word::kUpper && word.kind != Word::kConnector) {
      out_ += word.text;
      return;
    }
    for (std::string_view rest = word.text; !rest.empty();) {
      uint32_t rune = take_rune(rest);
      if (is_connector(rune)) out_ += connector_;
      else out_ += rune_text(to_lower(rune));
    }
  }

  WordReader reader_;
  char connector_;
  Found word_;
  std::string out_;
};

}  // namespace

std::string joined_case(std::string_view text, char connector) { return CaseJoiner(text, connector).run(); }

}  // namespace taut::gotmpl
