#include "sandbox/item.hh"

#include <algorithm>

#include "value/json.hh"

namespace taut::sandbox {
namespace {

// Walks over JSON that encode() made; trusts it.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  size_t at() const { return at_; }
  bool enter() { return take('{'); }
  bool done() const { return at_ >= text_.size() || text_[at_] == '}'; }
  // The raw key of the next member; then value() has to follow.
  std::string_view key() {
    take(',');
    std::string_view quoted = string();
    take(':');
    return quoted.size() < 2 ? std::string_view() : quoted.substr(1, quoted.size() - 2);
  }
  std::string_view value() {
    size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '"') return string();
    int depth = 0;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"') {
        string();
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (depth == 0 && (c == '}' || c == ']')) break;
    }
    return text_.substr(start, at_ - start);
  }

 private:
  bool take(char c) {
    bool there = at_ < text_.size() && text_[at_] == c;
    if (there) ++at_;
    return there;
  }
  std::string_view string() {
    size_t start = at_;
    size_t end = text_.find('"', at_ + 1);
    while (end != text_.npos && escaped(end)) end = text_.find('"', end + 1);
    at_ = end == text_.npos ? text_.size() : end + 1;
    return text_.substr(start, at_ - start);
  }
  bool escaped(size_t quote) const {
    size_t slashes = 0;
    while (text_[quote - 1 - slashes] == '\\') ++slashes;
    return slashes % 2 == 1;
  }

  std::string_view text_;
  size_t at_ = 0;
};

void find_kind(Encoded& encoded) {
  if (!encoded.text.starts_with("{\"apiVersion\":")) return;
  Walker walker(encoded.text);
  walker.enter();
  while (!walker.done()) {
    size_t before = walker.at();
    bool found = walker.key() == "kind";
    walker.value();
    if (!found) continue;
    size_t size = walker.at() - before, version_end = encoded.text.find(',');  // an apiVersion has no comma
    if (size > UINT16_MAX || version_end > UINT16_MAX) return;
    encoded.kind_at = static_cast<uint32_t>(before);
    encoded.kind_size = static_cast<uint16_t>(size);
    encoded.version_end = static_cast<uint16_t>(version_end);
    return;
  }
}

EncodedPtr finished(Encoded encoded) {
  find_kind(encoded);
  return std::make_shared<const Encoded>(std::move(encoded));
}

}  // namespace

EncodedPtr encode(const Value& object) {
  thread_local std::string scratch;  // so that what is kept has no slack
  scratch.clear();
  append_json(object, scratch);
  EncodedPtr out = encoded_text(scratch);
  if (scratch.capacity() > (1u << 20)) scratch = {};
  return out;
}

EncodedPtr encoded_text(std::string_view json) { return finished({std::string(json)}); }

// What stands between apiVersion and kind, and what stands behind them; each with its comma.
struct Untyped {
  std::string_view middle, rest;
};

static Untyped without_type(const Encoded& e) {
  std::string_view text = e.text;
  return {text.substr(e.version_end, e.kind_at - e.version_end), text.substr(e.kind_at + e.kind_size)};
}

size_t untyped_size(const Encoded& e) {
  if (e.kind_size == 0) {
    std::string text;
    append_untyped_json(e, text);
    return text.size();
  }
  // Without a look at the text, as lists ask all of their items. The comma that comes first is dropped, unless nothing
  // but the brace is left.
  size_t left = e.text.size() - e.version_end - e.kind_size;
  return left == 1 ? 2 : left;
}

void append_untyped_json(const Encoded& e, std::string& out) {
  if (e.kind_size == 0) {
    Value plain = parse_json(e.text).value_or(Value::map());
    plain.erase("apiVersion");
    plain.erase("kind");
    append_json(plain, out);
    return;
  }
  auto [middle, rest] = without_type(e);
  out += '{';
  if (!middle.empty()) middle.remove_prefix(1);
  else if (rest != "}") rest.remove_prefix(1);
  out += middle;
  out += rest;
}

std::string_view json_member(std::string_view object, std::string_view key) {
  Walker walker(object);
  walker.enter();
  while (!walker.done()) {
    bool found = walker.key() == key;
    std::string_view value = walker.value();
    if (found) return value;
  }
  return {};
}

const Value& Item::object() const {
  if (!has_object_)
    std::call_once(decode_once_, [this] { object_ = parse_json(encoded_->text).value_or(Value()); });
  return object_;
}

const EncodedPtr& Item::encoded() const {
  if (has_object_) std::call_once(encode_once_, [this] { encoded_ = encode(object_); });
  return encoded_;
}

Value Item::labels() const {
  if (has_object_) return object_["metadata"]["labels"];
  std::string_view text = json_member(json_member(encoded_->text, "metadata"), "labels");
  return text.empty() ? Value() : parse_json(text).value_or(Value());
}

std::string Item::name() const {
  if (has_object_) return object_["metadata"]["name"].str();
  std::string_view quoted = json_member(json_member(encoded_->text, "metadata"), "name");
  return quoted.size() < 2 ? std::string() : std::string(quoted.substr(1, quoted.size() - 2));  // names need no escapes
}

}  // namespace taut::sandbox
