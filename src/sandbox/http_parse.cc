#include "sandbox/http_parse.hh"

#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

// The characters of methods and names of fields (RFC 9110 token).
constexpr std::array<bool, 256> kToken = [] {
  std::array<bool, 256> out{};
  for (int c = '0'; c <= '9'; ++c) out[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) out[static_cast<size_t>(c)] = out[static_cast<size_t>(c - 32)] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) out[static_cast<size_t>(c)] = true;
  return out;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return kToken[c]; });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return (c >= 0x20 && c != 0x7F) || c == '\t'; });
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Whether a comma-separated list has the word.
bool lists(std::string_view value, std::string_view word) {
  for (std::string_view part : split(value, ','))
    if (same(trim(part), word)) return true;
  return false;
}

bool number(std::string_view text, int base, uint64_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// The end of the head, behind its empty line; npos when it is not there yet. Lines may end without '\r'.
size_t end_of_head(std::string_view text, size_t from) {
  for (size_t at = text.find('\n', from); at != text.npos; at = text.find('\n', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] == '\n') return at + 2;
    if (at + 2 < text.size() && text[at + 1] == '\r' && text[at + 2] == '\n') return at + 3;
  }
  return text.npos;
}

constexpr size_t kMostBetweenChunks = 64 * 1024;

}  // namespace

void RequestParser::reset() { *this = RequestParser(limits_); }

RequestParser::State RequestParser::refuse(int code, std::string text) {
  refusal_code_ = code;
  refusal_ = std::move(text);
  keep_alive_ = false;
  return state_ = State::kBad;
}

RequestParser::State RequestParser::feed(std::string_view& data) {
  if (state_ == State::kHead) take_head(data);
  if (state_ == State::kBody) return chunked_ ? take_chunked(data) : take_sized(data);
  return state_;
}

RequestParser::State RequestParser::take_head(std::string_view& data) {
  if (head_.empty())
    while (!data.empty() && (data.front() == '\r' || data.front() == '\n')) data.remove_prefix(1);  // RFC 9112, 2.2
  size_t before = head_.size();
  size_t most = limits_.max_header + 4096;  // the slack of Go's server
  std::string_view taken = data.substr(0, most > before ? most - before : 0);
  // The usual case: the head is all there and needs no copy.
  if (before == 0) {
    if (size_t end = end_of_head(taken, 0); end != taken.npos) {
      data.remove_prefix(end);
      return read_head(taken.substr(0, end));
    }
  }
  head_ += taken;
  size_t end = end_of_head(head_, before < 3 ? 0 : before - 3);
  if (end == head_.npos) {
    data.remove_prefix(taken.size());
    if (head_.size() >= most) return refuse(431, "431 Request Header Fields Too Large");
    return state_;
  }
  data.remove_prefix(end - before);
  std::string head = std::move(head_);
  head_.clear();
  head.resize(end);
  return read_head(head);
}

RequestParser::State RequestParser::read_head(std::string_view head) {
  bool first = true;
  while (!head.empty()) {
    size_t newline = head.find('\n');
    std::string_view line = head.substr(0, newline);
    head.remove_prefix(newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if ((first ? read_request_line(line) : read_field(line)) == State::kBad) return state_;
    first = false;
  }
  return body_follows();
}

RequestParser::State RequestParser::read_request_line(std::string_view line) {
  size_t space = line.find(' '), last = line.rfind(' ');
  if (space == line.npos || space == last) return refuse(400, "400 Bad Request");
  std::string_view target = line.substr(space + 1, last - space - 1), version = line.substr(last + 1);
  if (!is_token(line.substr(0, space)) || target.empty() || !is_field_value(target) || contains(target, " "))
    return refuse(400, "400 Bad Request");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    bool known = version.starts_with("HTTP/");
    return known ? refuse(505, "505 HTTP Version Not Supported: unsupported protocol version") : refuse(400, "400 Bad Request");
  }
  if (version == "HTTP/1.0") {
    keep_alive_ = false;
    has_host_ = true;  // may be missing
  }
  // The absolute form, as proxies send it.
  if (size_t scheme = target.find("://"); scheme != target.npos && !target.starts_with('/')) {
    size_t slash = target.find('/', scheme + 3);
    target = slash == target.npos ? "/" : target.substr(slash);
  }
  request_.method = line.substr(0, space);
  size_t question = target.find('?');
  request_.path = percent_decode(target.substr(0, question), false);
  if (question != target.npos) request_.query = target.substr(question + 1);
  return state_;
}

RequestParser::State RequestParser::read_field(std::string_view line) {
  size_t colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return refuse(400, "400 Bad Request");
  std::string_view name = line.substr(0, colon), value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return refuse(400, "400 Bad Request: invalid header value");
  if (same(name, "Host")) {
    has_host_ = true;
  } else if (same(name, "Connection")) {
    if (lists(value, "close")) keep_alive_ = false;
    if (lists(value, "keep-alive")) keep_alive_ = true;
  } else if (same(name, "Expect")) {
    expects_continue_ = same(value, "100-continue");
  } else if (same(name, "Content-Length")) {
    uint64_t length = 0;
    if (!number(value, 10, length) || (has_length_ && length != left_)) return refuse(400, "400 Bad Request");
    has_length_ = true;
    left_ = length;
  } else if (same(name, "Transfer-Encoding")) {
    if (!same(value, "chunked")) return refuse(501, "501 Not Implemented: Unsupported transfer encoding");
    chunked_ = true;
  }
  request_.headers.emplace_back(name, value);
  return state_;
}

RequestParser::State RequestParser::body_follows() {
  if (request_.method.empty()) return refuse(400, "400 Bad Request");
  if (!has_host_) return refuse(400, "400 Bad Request: missing required Host header");
  state_ = State::kBody;
  if (chunked_) {
    left_ = 0;
    return state_;
  }
  if (left_ > limits_.max_body) return too_large();
  if (left_ == 0) return finish();
  return state_;
}

RequestParser::State RequestParser::finish() {
  expects_continue_ = false;
  return state_ = State::kReady;
}

// The answer comes from the API, in its own form and only for those who may ask; the rest is not read.
RequestParser::State RequestParser::too_large() {
  request_.body.clear();
  request_.too_large = true;
  keep_alive_ = false;
  return finish();
}

RequestParser::State RequestParser::take_sized(std::string_view& data) {
  size_t size = static_cast<size_t>(std::min<uint64_t>(left_, data.size()));
  request_.body += data.substr(0, size);
  data.remove_prefix(size);
  left_ -= size;
  return left_ == 0 ? finish() : state_;
}

RequestParser::State RequestParser::take_chunked(std::string_view& data) {
  while (!data.empty() && state_ == State::kBody) {
    if (chunk_ == Chunk::kData) {
      size_t size = static_cast<size_t>(std::min<uint64_t>(left_, data.size()));
      if (request_.body.size() + size > limits_.max_body) return too_large();
      request_.body += data.substr(0, size);
      data.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) chunk_ = Chunk::kDataEnd;
      continue;
    }
    size_t newline = data.find('\n');
    std::string_view part = data.substr(0, newline == data.npos ? newline : newline + 1);
    between_ += part.size();
    if (between_ > kMostBetweenChunks + request_.body.size()) return refuse(400, "400 Bad Request");
    head_ += part;
    data.remove_prefix(part.size());
    if (newline == std::string_view::npos) break;
    std::string line = std::move(head_);
    head_.clear();
    chunk_line(trim(line));
  }
  return state_;
}

RequestParser::State RequestParser::chunk_line(std::string_view line) {
  switch (chunk_) {
    case Chunk::kSize: {
      line = trim(line.substr(0, line.find(';')));  // extensions mean nothing here
      if (line.size() > 16 || !number(line, 16, left_)) return refuse(400, "400 Bad Request: invalid chunk length");
      chunk_ = left_ == 0 ? Chunk::kTrailer : Chunk::kData;
      return state_;
    }
    case Chunk::kDataEnd:
      if (!line.empty()) return refuse(400, "400 Bad Request: malformed chunked encoding");
      chunk_ = Chunk::kSize;
      return state_;
    case Chunk::kTrailer: return line.empty() ? finish() : state_;
    case Chunk::kData: break;
  }
  return state_;
}

}  // namespace taut::sandbox
