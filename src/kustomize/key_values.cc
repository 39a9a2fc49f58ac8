#include "kustomize/key_values.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "tree/path.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

using Pairs = std::vector<KeyValue>;

// Go's bufio.Scanner gives up, without a word, at a line that does not fit its buffer.
constexpr size_t kMaxLine = 64 * 1024;
constexpr std::string_view kBom = "\xEF\xBB\xBF";

// Without leading white space, by Go's unicode.IsSpace.
std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    std::string_view rest = text;
    if (!is_space(take_rune(rest))) break;
    text = rest;
  }
  return text;
}

Failure invalid_line(std::string_view line) {
  std::string numbers;
  for (unsigned char byte : line) fmt::format_to(std::back_inserter(numbers), "{}{}", numbers.empty() ? "" : " ", byte);
  return fail(Code::kInvalid, "line [{}] has invalid utf8 bytes : {}", numbers, line);
}

Status read_env_line(std::string_view line, bool first, Pairs& out) {
  if (!valid_utf8(line)) return invalid_line(line);
  if (first && line.starts_with(kBom)) line.remove_prefix(kBom.size());
  line = trim_left(line);
  if (line.empty() || line[0] == '#') return {};
  std::string_view key = line, value;
  cut(line, "=", key, value);
  if (!key.empty()) out.push_back({std::string(key), std::string(value)});
  return {};
}

Status read_env_file(std::string_view text, Pairs& out) {
  bool first = true;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.size() >= kMaxLine) return {};
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    TAUT_TRY(read_env_line(line, first, out));
    first = false;
  }
  return {};
}

std::string_view without_quotes(std::string_view text) {
  bool quoted = text.size() >= 2 && text.front() == text.back() && (text[0] == '"' || text[0] == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Status add_env(std::string_view path, const ReadFile& read, Pairs& out) {
  TAUT_ASSIGN(FileText text, read(path));
  return read_env_file(*text, out);
}

Status add_literal(std::string_view source, const ReadFile&, Pairs& out) {
  std::string_view key, value;
  if (source.starts_with('=') || !cut(source, "=", key, value))
    return fail(Code::kInvalid, "invalid literal source {}, expected key=value", source);
  out.push_back({std::string(key), std::string(without_quotes(value))});
  return {};
}

Status add_file(std::string_view source, const ReadFile& read, Pairs& out) {
  auto signs = std::count(source.begin(), source.end(), '=');
  std::string_view key = base_name(source), path = source;
  if (signs > 1) return fail(Code::kInvalid, "source {} key name or file path contains '='", quote(source));
  if (signs == 1) {
    cut(source, "=", key, path);
    if (key.empty())
      return fail(Code::kInvalid, "missing key name for file path {} in source {}", quote(path), quote(source));
    if (path.empty())
      return fail(Code::kInvalid, "missing file path for key name {} in source {}", quote(key), quote(source));
  }
  TAUT_ASSIGN(FileText text, read(path));
  out.push_back({std::string(key), *text});
  return {};
}

struct SourceKind {
  std::string_view field;
  std::string_view label;
  Status (*add)(std::string_view source, const ReadFile& read, Pairs& out);
};
constexpr SourceKind kSources[] = {
    {"envs", "env source files:", add_env},
    {"literals", "literal sources", add_literal},
    {"files", "file sources:", add_file},
};

}  // namespace

Result<std::vector<KeyValue>> load_key_values(const Value& args, const ReadFile& read) {
  Pairs out;
  for (const SourceKind& kind : kSources) {
    std::vector<std::string> sources;
    for (const Value& source : args[kind.field].items()) sources.push_back(source.str());
    for (const std::string& source : sources) {
      auto added = kind.add(source, read, out);
      if (added) continue;
      std::string message = fmt::format("loading KV pairs: {} [{}]: {}", kind.label, join(sources, " "), added.error().message());
      return fail(std::move(added).error().with_message(std::move(message)));
    }
  }
  return out;
}

}  // namespace taut::kustomize
