// Why there is nothing to compare with: templates and files that cannot be rendered, repositories and clusters away.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/strings.hh"
#include "base/url.hh"
#include "health/reason_rules.hh"

namespace taut {
namespace {

using reason::spoken_time;

struct Place {
  std::string file;
  uint32_t line = 0;
  std::string rest;  // the message after it

  std::string text() const { return line == 0 ? file : fmt::format("{}:{}", file, line); }
};

uint32_t number(std::string_view text) {
  uint32_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "chart/templates/x.yaml:3:14: rest" or "chart/templates/x.yaml:3): rest".
std::optional<Place> place_in(std::string_view text) {
  size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view after = text.substr(colon + 1);
  uint32_t line = number(after);
  size_t end = after.find(": ");
  if (line == 0 || end == std::string_view::npos) return std::nullopt;
  return Place{std::string(text.substr(0, colon)), line, std::string(after.substr(end + 2))};
}

// Where Helm's own sentences say that it is: the innermost template of several that include each other.
std::optional<Place> place_of_helm(std::string_view message) {
  std::string_view before, rest, file;
  std::optional<Place> found;
  for (std::string_view word : {"execution error at (", "parse error at ("})
    if (!found && cut(message, word, before, rest)) found = place_in(rest);
  if (found) return found;
  for (rest = message; cut(rest, "template: ", before, rest) || cut(rest, "error calling include: ", before, rest);)
    if (auto place = place_in(rest)) found = place;
  if (found) return found;
  if (!cut(message, "YAML parse error on ", before, rest) || !cut(rest, ": ", file, rest)) return std::nullopt;
  std::string_view at;
  uint32_t line = cut(rest, "line ", before, at) ? number(at) : 0;
  return Place{std::string(file), line, std::string(rest)};
}

Place place_of(const SourceTrouble& trouble) {
  if (auto place = place_of_helm(trouble.message)) return *place;
  Place out{trouble.position.file, trouble.position.line, trouble.message};
  if (!out.file.empty()) return out;
  std::string_view text = trouble.message, before, after;
  if (auto place = place_in(text)) return *place;
  if (cut(text, "line ", before, after)) out.line = number(after);
  return out;
}

// Between two words; empty when they are not there.
std::string between(std::string_view text, std::string_view start, std::string_view end) {
  std::string_view before, rest, found, after;
  return cut(text, start, before, rest) && cut(rest, end, found, after) ? std::string(found) : std::string();
}

struct Plain {
  std::string_view words;   // of the tool
  std::string_view plain;
};

constexpr std::array kPlain = {
    Plain{"could not find expected ':'", "a colon is missing, or the text before it is not indented"},
    Plain{"did not find expected key", "a key is expected here; the indentation or a quote above is wrong"},
    Plain{"did not find expected '-' indicator", "an item of a list is expected here; the indentation is wrong"},
    Plain{"found character that cannot start any token", "a tab, or a sign that must be quoted, begins a value"},
    Plain{"found a tab character", "a tab stands where only blanks may indent"},
    Plain{"mapping values are not allowed in this context", "a second colon stands in one line, or the indentation is wrong"},
    Plain{"found unexpected end of stream", "a quote is not closed"},
};

// The tool's cause in plain words; where none are known, its own last words.
std::string plain_cause(std::string_view message) {
  for (const Plain& entry : kPlain)
    if (contains(message, entry.words)) return std::string(entry.plain);
  if (contains(message, "nil pointer evaluating")) {
    std::string path = between(message, "at <", ">");
    size_t dot = path.rfind('.');
    if (dot != std::string::npos && dot > 0) return fmt::format("{} is read, but {} is not set", path, path.substr(0, dot));
    return "a value is read below one that is not set";
  }
  if (auto name = between(message, "function \"", "\" not defined"); !name.empty()) return fmt::format("there is no function {}", name);
  if (auto name = between(message, "map has no entry for key \"", "\""); !name.empty()) return fmt::format("the value {} is not set", name);
  if (auto key = between(message, "key \"", "\" already"); !key.empty()) return fmt::format("the key {} is there twice", key);
  if (auto file = between(message, "open ", ": no such file or directory"); !file.empty()) return fmt::format("{} does not exist", file);
  for (std::string_view wrapper : {"error calling fail: ", "error converting YAML to JSON: yaml: ", "error unmarshaling JSON: "}) {
    std::string_view before, rest;
    if (cut(message, wrapper, before, rest)) return std::string(rest);
  }
  return std::string(message);
}

Reason of_render(const SourceTrouble& trouble) {
  Place place = place_of(trouble);
  std::string cause(trim_right(trim(plain_cause(place.rest)), "."));
  if (size_t line = cause.find('\n'); line != std::string::npos) cause.resize(line);
  std::string sentence = place.file.empty() ? fmt::format("{}.", cause) : fmt::format("{}: {}.", place.text(), cause);
  std::string next = trouble.revision.empty() ? "Nothing was changed in the cluster." : fmt::format("The cluster keeps {}; nothing was changed.", trouble.revision);
  return {"render", std::move(sentence), std::move(next), "Open file", "ComparisonError", {}, {}};
}

Reason of_silence(const SourceTrouble& trouble, std::string_view name, std::string_view button) {
  std::string subject = redact_urls(trouble.subject);
  std::string since = trouble.since.empty() ? "" : fmt::format(" since {}", spoken_time(trouble.since));
  std::string sentence = trouble.refused ? fmt::format("{} refused the credentials.", subject) : fmt::format("{} has not answered{}.", subject, since);
  std::string next = trouble.revision.empty() ? "Nothing was changed in the cluster." : fmt::format("The application shows the state of {}.", trouble.revision);
  return {name, std::move(sentence), std::move(next), button.data(), trouble.refused ? "Unauthenticated" : "Unavailable", {},
          fmt::format("{} {}", name, subject)};
}

constexpr std::string_view kWaits = "waits for ";

}  // namespace

Reason explain_source(const SourceTrouble& trouble) {
  if (trouble.kind == SourceTrouble::Kind::kRender) return of_render(trouble);
  if (trouble.kind == SourceTrouble::Kind::kCluster) return of_silence(trouble, "cluster", "Cluster");
  return of_silence(trouble, "repository", "Repository");
}

std::string reason_line(const Reason& reason) {
  std::vector<std::string> tail;
  if (!reason.raw.empty()) tail.push_back(reason.object.empty() ? reason.raw : fmt::format("{} on {}", reason.raw, reason.object));
  if (!reason.waits_for.empty()) tail.push_back(fmt::format("{}{}", kWaits, reason.waits_for));
  std::string line = reason.sentence;
  if (!reason.next_step.empty()) line += ' ' + reason.next_step;
  if (!tail.empty()) line += fmt::format(" ({})", join(tail, "; "));
  return line;
}

std::string_view waited_for(std::string_view line) {
  size_t open = line.rfind(" (");
  if (!line.ends_with(')') || open == std::string_view::npos) return {};
  // The subject may hold brackets of its own, but stands last.
  size_t at = line.rfind(fmt::format("; {}", kWaits));
  size_t skip = 2;
  if (at == std::string_view::npos) {
    at = line.rfind(fmt::format("({}", kWaits));
    skip = 1;
  }
  if (at == std::string_view::npos) return {};
  std::string_view found = line.substr(at + skip + kWaits.size());
  return found.substr(0, found.size() - 1);
}

std::vector<std::string> joined_causes(std::span<const std::string> lines) {
  std::vector<std::pair<std::string, int>> causes;
  for (const std::string& line : lines) {
    std::string_view what = waited_for(line);
    if (what.empty()) continue;
    auto known = std::ranges::find(causes, what, &std::pair<std::string, int>::first);
    if (known == causes.end()) causes.emplace_back(what, 1);
    else ++known->second;
  }
  std::erase_if(causes, [](const auto& cause) { return cause.second < 2; });
  std::ranges::stable_sort(causes, std::greater<>(), &std::pair<std::string, int>::second);
  std::vector<std::string> out;
  for (const auto& [what, count] : causes) out.push_back(fmt::format("{} applications wait for {}.", count, what));
  return out;
}

namespace reason {

// An application inside an application is as red as its own reason says.
std::optional<Reason> application(const Value& application, const Surroundings&) {
  for (const Value& condition : application["status"]["conditions"].items()) {
    if (condition["type"].as_string() != "RootCauseWarning") continue;
    std::string line = condition["message"].str();
    std::string waits(waited_for(line));
    if (size_t tail = line.rfind(" ("); tail != std::string::npos && line.ends_with(')')) line.resize(tail);
    return Reason{{}, std::move(line), {}, {}, "RootCauseWarning", {}, std::move(waits)};
  }
  return std::nullopt;
}

std::string similar_piece(const Surroundings& around, std::string_view piece) {
  std::string_view kind, rest;
  cut(piece, " ", kind, rest);
  std::string_view wanted = rest.substr(0, rest.find(','));
  bool key_missing = contains(rest, ", key ");
  std::vector<std::string> names;
  for (const Value& item : around.related) {
    std::string_view name = item["metadata"]["name"].as_string();
    if (item["kind"].as_string() != kind) continue;
    if (key_missing && name == wanted) {
      for (const auto& [key, value] : item["data"].entries()) names.emplace_back(key.as_string());
    } else if (!key_missing && (name.starts_with(wanted.substr(0, 3)) || contains(name, wanted) || contains(wanted, name))) {
      names.emplace_back(name);
    }
  }
  std::ranges::sort(names);
  if (names.size() > 3) names.resize(3);
  return names.empty() ? "" : fmt::format("; similar: {}", join(names, ", "));
}

}  // namespace reason
}  // namespace taut
