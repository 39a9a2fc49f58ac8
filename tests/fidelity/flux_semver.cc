#include "base/semver.hh"
#include "groups.hh"

namespace taut::fidelity {
namespace {

std::string sign(std::weak_ordering order) { return order < 0 ? "-1" : order > 0 ? "1" : "0"; }

// The versions of a file come without ids; what they are about names them.
std::string compared(const Value& c, std::string_view a, std::string_view b) {
  return fmt::format("{} {}", c[a].as_string(), c[b].as_string());
}

std::string parsed(const Result<Version>& version) {
  if (!version) return fmt::format("error {}", version.error().message());
  return fmt::format("{} from {}", version->to_string(), version->original);
}

}  // namespace

// {input, original, canonical, error, strictOk}
Status flux_semver_parse(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    std::string_view input = c["input"].as_string();
    std::string want = c["error"].empty()
                           ? fmt::format("{} from {}", c["canonical"].as_string(), c["original"].as_string())
                           : fmt::format("error {}", c["error"].as_string());
    std::string got = parsed(Version::parse(input));
    bool strict = Version::parse_strict(input).has_value();
    report.expect(input, fmt::format("{}, strict {}", want, c["strictOk"].as_bool()),
                  fmt::format("{}, strict {}", got, strict));
  }
  return {};
}

// {a, b, cmp}
Status flux_semver_compare(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto a = Version::parse(c["a"].as_string()), b = Version::parse(c["b"].as_string());
    std::string got = a && b ? sign(compare(*a, *b)) : "not parsed";
    report.expect(compared(c, "a", "b"), std::to_string(c["cmp"].as_int()), got);
  }
  return {};
}

// {range, version, match}, or {range, error}
Status flux_semver_constraint(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    std::string want = c["error"].empty() ? fmt::format("{}", c["match"].as_bool()) : c["error"].str();
    auto range = VersionRange::parse(c["range"].as_string());
    std::string got = range ? "parsed" : range.error().message();
    if (range && c.contains("version")) {
      auto version = Version::parse(c["version"].as_string());
      got = version ? fmt::format("{}", range->contains(*version)) : version.error().message();
    }
    report.expect(compared(c, "range", "version"), want, got);
  }
  return {};
}

}  // namespace taut::fidelity
