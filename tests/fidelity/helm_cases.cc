// Groups of the helm part: whole charts rendered as `helm template` of 4.1.4 and of 4.2.4 did.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include <openssl/sha.h>

#include "base/strings.hh"
#include "groups.hh"
#include "helm_case.hh"

namespace taut::fidelity {
namespace {

std::vector<HelmOutput> run_all(const std::vector<Value>& cases, helm::Compat compat, HelmCharts& charts) {
  std::vector<HelmOutput> out(cases.size());
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next++; i < cases.size(); i = next++) out[i] = run_helm_case(cases[i], compat, charts);
  };
  std::thread other(work);
  work();
  other.join();
  return out;
}

std::set<size_t> masked_lines(const Value& c) {
  std::set<size_t> out;
  for (const Value& line : c["mask_lines"].items()) out.insert(static_cast<size_t>(line.as_int()));
  return out;
}

// The lines that are compared; masked ones are all the same.
std::vector<std::string_view> lines(std::string_view text, const std::set<size_t>& masked, bool blank_too) {
  std::vector<std::string_view> out;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (masked.contains(number)) {
      out.push_back("(masked)");
    } else if (blank_too || !trim(line).empty()) {
      out.push_back(line);
    }
  }
  return out;
}

// Lines that are masked in `want` are masked in `got` at the same place, so that both have as many.
void compare_lines(const Value& c, std::string_view want, std::string_view got, bool blank_too, Report& report) {
  auto masked = masked_lines(c);
  auto wanted = lines(want, masked, blank_too), computed = lines(got, blank_too ? masked : std::set<size_t>{}, blank_too);
  if (!blank_too && wanted.size() == computed.size()) {
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] == "(masked)") computed[i] = wanted[i];
    }
  }
  report.expect(c["id"].as_string(), join(wanted, "\n"), join(computed, "\n"));
}

std::string sorted_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text) {
    if (c == ' ' || c == '\n' || c == ',') {
      words.push_back(std::exchange(word, ""));
    } else {
      word += c;
    }
  }
  words.push_back(word);
  std::sort(words.begin(), words.end());
  return join(words, " ");
}

void check_error(const Value& c, std::string_view want, const HelmOutput& got, Report& report) {
  if (!got.failed) return report.fail(c["id"].as_string(), fmt::format("did not fail; wanted {}", want));
  // The library walks Go's maps, so the order of what it finds in one object is chance.
  bool unordered = c["error_unordered"].as_bool() || contains(want, "specifications of the schema(s)");
  if (unordered && sorted_words(trim(want)) == sorted_words(trim(got.text))) return report.pass();
  report.expect(c["id"].as_string(), trim_right(want, "\n"), trim_right(got.text, "\n"));
}

// "charts/bitnami/redis" is of bitnami.
std::string repository_of(const Value& c) {
  auto parts = split(c["chart"].as_string(), '/');
  return std::string(parts.size() > 1 ? parts[1] : parts[0]);
}

std::string sha256(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string out;
  for (unsigned char byte : digest) out += fmt::format("{:02x}", byte);
  return out;
}

// Calls `check` for each case with its output, repository by repository.
template <class Check>
void by_repository(const std::vector<Value>& cases, const std::vector<HelmOutput>& outputs, std::string_view group,
                   Report& report, Check check) {
  std::map<std::string, std::vector<size_t>> repositories;
  for (size_t i = 0; i < cases.size(); ++i) repositories[repository_of(cases[i])].push_back(i);
  for (const auto& [repository, members] : repositories) {
    report.finish();
    report.start(fmt::format("{}/{}", group, repository));
    for (size_t i : members) check(cases[i], outputs[i]);
  }
}

Status check_41(const Corpus& corpus, const Value& c, const HelmOutput& got, Report& report) {
  if (c.contains("error")) return check_error(c, c["error"].as_string(), got, report), Status();
  if (got.failed) return report.fail(c["id"].as_string(), got.text), Status();
  TAUT_ASSIGN(std::string want, corpus.text("helm/" + c["expected_file"].str()));
  if (!c.contains("mask_lines")) return report.expect(c["id"].as_string(), want, got.text), Status();
  compare_lines(c, want, got.text, true, report);
  return {};
}

// What is recorded of 4.2.4: the text, its hash, an error, or that all but blank lines are as with 4.1.4.
Status check_42(const Corpus& corpus, const Value& old, const Value& row, const HelmOutput& got, Report& report) {
  std::string_view id = old["id"].as_string();
  if (row.contains("error") || row["same_error"].as_bool()) {
    // What was recorded in process lacks the word that the program puts before it.
    std::string error = row.contains("error") ? "Error: " + row["error"].str() : old["error"].str();
    return check_error(old, error, got, report), Status();
  }
  if (got.failed) return report.fail(id, got.text), Status();
  if (row.contains("sha256") && sha256(got.text) == row["sha256"].as_string()) return report.pass(), Status();
  if (row.contains("expected_file") && row["nondeterministic"].as_bool()) return report.pass(), Status();
  bool own = row.contains("expected_file");
  TAUT_ASSIGN(std::string want, corpus.text("helm/" + (own ? row : old)["expected_file"].str()));
  if (own) return report.expect(id, want, got.text), Status();
  if (row.contains("sha256") && row["nonblank_lines_equal"].as_bool() &&
      join(lines(want, {}, false), "\n") == join(lines(got.text, {}, false), "\n")) {
    return report.fail(id, "only blank lines differ"), Status();
  }
  compare_lines(old, want, got.text, false, report);
  return {};
}

}  // namespace

Status helm_cases_41(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  HelmCharts charts(corpus);
  auto outputs = run_all(cases, helm::Compat::kHelm41, charts);
  by_repository(cases, outputs, "helm/4.1", report, [&](const Value& c, const HelmOutput& got) {
    if (Status status = check_41(corpus, c, got, report); !status) {
      report.fail(c["id"].as_string(), status.error().report());
    }
  });
  return {};
}

Status helm_cases_42(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto rows, corpus.cases(file));
  TAUT_ASSIGN(auto all, corpus.cases("helm/cases.jsonl"));
  std::map<std::string, Value> by_id;
  for (const Value& row : rows) by_id.emplace(row["id"].str(), row);
  std::vector<Value> cases;
  for (const Value& c : all) {
    if (by_id.contains(c["id"].str())) cases.push_back(c);
  }
  HelmCharts charts(corpus);
  auto outputs = run_all(cases, helm::Compat::kHelm42, charts);
  by_repository(cases, outputs, "helm/4.2", report, [&](const Value& c, const HelmOutput& got) {
    if (Status status = check_42(corpus, c, by_id[c["id"].str()], got, report); !status) {
      report.fail(c["id"].as_string(), status.error().report());
    }
  });
  return {};
}

}  // namespace taut::fidelity
