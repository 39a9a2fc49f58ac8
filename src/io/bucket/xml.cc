#include "io/bucket/xml.hh"

#include <charconv>
#include <optional>

#include "base/runes.hh"
#include "base/strings.hh"

namespace taut::bucket {
namespace {

constexpr int kDeepest = 64;
constexpr std::string_view kBlank = " \t\r\n";

std::optional<std::string> entity(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNamed[] = {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}};
  for (const auto& [known, text] : kNamed)
    if (name == known) return std::string(text);
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  uint32_t rune = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), rune, base);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return rune_text(rune);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<XmlElement> root() {
    XmlElement above;
    TAUT_TRY(content(above, 0, true));
    if (above.children.size() != 1) return fail(Code::kInvalid, "XML: no root element");
    return std::move(above.children[0]);
  }

 private:
  Failure bad(std::string_view what) const { return fail(Code::kInvalid, "XML: {} at byte {}", what, at_); }
  bool ended() const { return at_ >= text_.size(); }
  bool skip(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool skip_past(std::string_view word) {
    size_t end = text_.find(word, at_);
    at_ = end == std::string_view::npos ? text_.size() : end + word.size();
    return end != std::string_view::npos;
  }

  // Up to the end tag, which is left to `element`; at the top up to the end.
  Status content(XmlElement& into, int depth, bool top) {
    if (depth > kDeepest) return bad("too many levels");
    while (!ended()) {
      if (text_[at_] != '<') {
        TAUT_TRY(chars(into));
      } else if (text_.substr(at_).starts_with("</")) {
        return top ? Status(bad("an end without a start")) : Status();
      } else if (skip("<!--")) {
        if (!skip_past("-->")) return bad("a comment without an end");
      } else if (skip("<![CDATA[")) {
        size_t start = at_;
        if (!skip_past("]]>")) return bad("a text without an end");
        into.text += text_.substr(start, at_ - 3 - start);
      } else if (skip("<?")) {
        if (!skip_past("?>")) return bad("an instruction without an end");
      } else if (text_.substr(at_).starts_with("<!")) {
        return bad("a definition");
      } else {
        TAUT_TRY(element(into, depth));
      }
    }
    return top ? Status() : Status(bad("unexpected end"));
  }

  Status chars(XmlElement& into) {
    size_t end = std::min(text_.size(), text_.find('<', at_));
    std::string_view raw = text_.substr(at_, end - at_);
    for (size_t amp; (amp = raw.find('&')) != std::string_view::npos;) {
      into.text += raw.substr(0, amp);
      size_t semicolon = raw.find(';', amp);
      auto plain = semicolon == std::string_view::npos ? std::nullopt : entity(raw.substr(amp + 1, semicolon - amp - 1));
      if (!plain) return bad("an entity that is not known");
      into.text += *plain;
      raw.remove_prefix(semicolon + 1);
    }
    into.text += raw;
    at_ = end;
    return {};
  }

  Status element(XmlElement& above, int depth) {
    ++at_;
    size_t end = std::min(text_.size(), text_.find_first_of(" \t\r\n/>", at_));
    XmlElement out;
    out.name = text_.substr(at_, end - at_);
    at_ = end;
    if (out.name.empty()) return bad("a tag without a name");
    TAUT_TRY(attributes());
    if (skip("/>")) {
      above.children.push_back(std::move(out));
      return {};
    }
    ++at_;  // ">"
    TAUT_TRY(content(out, depth + 1, false));
    if (!skip("</" + out.name)) return bad("another element's end");
    at_ = std::min(text_.size(), text_.find_first_not_of(kBlank, at_));
    if (!skip(">")) return bad("a tag without an end");
    if (!out.children.empty()) out.text = trim(out.text);
    above.children.push_back(std::move(out));
    return {};
  }

  // Up to ">" or "/>".
  Status attributes() {
    while (!ended()) {
      char c = text_[at_];
      if (c == '>' || text_.substr(at_).starts_with("/>")) return {};
      ++at_;
      if ((c == '"' || c == '\'') && !skip_past(std::string(1, c))) return bad("an attribute without an end");
    }
    return bad("a tag without an end");
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string_view XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& element : children)
    if (element.name == wanted) return element.text;
  return {};
}

Result<XmlElement> read_xml(std::string_view text) { return Reader(text).root(); }

}  // namespace taut::bucket
