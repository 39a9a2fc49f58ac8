// taut helm history, list, status.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/strings.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_release.hh"
#include "cli/helm_release_print.hh"
#include "cli/helm_release_resources.hh"
#include "object/selector.hh"

namespace taut::cli {
namespace {

int wrong_count(std::string_view command, std::string_view wanted) {
  return print_helm_error(Error(Code::kInvalid, fmt::format("\"helm {}\" requires {}", command, wanted)));
}

class HelmHistory : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    declare_output(flags, output_);
    flags.add("max", 0, "N", "how many revisions to print, the newest", &max_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return wrong_count("history", "1 argument");
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    if (!release::check_release_name(arguments[0])) {
      return print_helm_error(Error(Code::kInvalid, "release name is invalid: " + arguments[0]));
    }
    auto found = cluster_.storage().history(arguments[0]);
    if (!found) return print_helm_error(found.error());
    const size_t most = static_cast<size_t>(std::max(max_, 0));
    if (found->size() > most) found->erase(found->begin(), found->end() - static_cast<long>(most));
    fmt::print("{}", output_ == "table" ? table(*found) : encoded(rows(*found), output_));
    return kDone;
  }

 private:
  static std::string table(const std::vector<release::Release>& releases) {
    std::vector<std::vector<std::string>> out{{"REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"}};
    for (const release::Release& release : releases) {
      out.push_back({std::to_string(release.version), shown_time(release.last_deployed, kAnsic), release.status,
                     release.chart_name(), release.app_version(), release.description});
    }
    return helm_table(out);
  }

  static std::vector<Fields> rows(const std::vector<release::Release>& releases) {
    std::vector<Fields> out;
    for (const release::Release& release : releases) {
      Fields row{{"revision", release.version}};
      if (!release.last_deployed.empty()) row.emplace_back("updated", release.last_deployed);
      row.emplace_back("status", release.status);
      row.emplace_back("chart", release.chart_name());
      row.emplace_back("app_version", release.app_version());
      row.emplace_back("description", release.description);
      out.push_back(std::move(row));
    }
    return out;
  }

  HelmCluster cluster_;
  std::string output_ = "table";
  int max_ = 256;
};

class HelmList : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    declare_output(flags, output_);
    flags.add("short", 'q', "", "only names", &short_);
    flags.add("no-headers", 0, "", "no headers in the table", &no_headers_);
    flags.add("time-format", 0, "LAYOUT", "a time layout of Go", &time_format_);
    flags.add("date", 'd', "", "sort by date", &by_date_);
    flags.add("reverse", 'r', "", "sort the other way round", &reverse_);
    flags.add("uninstalled", 0, "", "uninstalled releases", &uninstalled_);
    flags.add("superseded", 0, "", "superseded releases", &superseded_);
    flags.add("uninstalling", 0, "", "releases that are being uninstalled", &uninstalling_);
    flags.add("deployed", 0, "", "deployed releases", &deployed_);
    flags.add("failed", 0, "", "failed releases", &failed_);
    flags.add("pending", 0, "", "pending releases", &pending_);
    flags.add("all-namespaces", 'A', "", "of all namespaces", &all_namespaces_);
    flags.add("max", 'm', "N", "how many to print", &max_);
    flags.add("offset", 0, "N", "leave out the first so many", &offset_);
    flags.add("filter", 'f', "REGEXP", "only names that match", &filter_);
    flags.add("selector", 'l', "SELECTOR", "only those whose records bear these labels", &selector_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (!arguments.empty()) return wrong_count("list", "no arguments");
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    auto found = find();
    if (!found) return print_helm_error(found.error());
    if (short_) return print_names(*found);
    fmt::print("{}", output_ == "table" ? table(*found) : encoded(rows(*found), output_));
    return kDone;
  }

 private:
  using Releases = std::vector<release::Release>;

  bool is_asked_for(const std::string& status) const {
    const bool any = uninstalled_ || superseded_ || uninstalling_ || deployed_ || failed_ || pending_;
    if (!any) return status != release::kUnknown;
    return (deployed_ && status == release::kDeployed) || (uninstalled_ && status == release::kUninstalled) ||
           (superseded_ && status == release::kSuperseded) || (failed_ && status == release::kFailed) ||
           (uninstalling_ && status == release::kUninstalling) || (pending_ && release::is_pending(status));
  }

  bool only_superseded() const {
    return superseded_ && !uninstalled_ && !uninstalling_ && !deployed_ && !failed_ && !pending_;
  }

  // The newest revision of each.
  static void keep_newest(Releases& releases) {
    std::map<std::pair<std::string, std::string>, int64_t> newest;
    for (const auto& release : releases) {
      int64_t& version = newest[{release.ns, release.name}];
      version = std::max(version, release.version);
    }
    std::erase_if(releases, [&](const auto& release) { return newest[{release.ns, release.name}] != release.version; });
  }

  Result<Releases> find() {
    RE2 pattern(filter_, RE2::Quiet);
    if (!pattern.ok()) return fail(Code::kInvalid, "error parsing regexp: {}", pattern.error());
    TAUT_ASSIGN(LabelSelector selector, LabelSelector::parse(selector_));
    TAUT_ASSIGN(Releases found, cluster_.storage(all_namespaces_ ? "" : cluster_.ns()).list());
    std::erase_if(found, [&](const auto& release) { return !RE2::PartialMatch(release.name, pattern); });
    if (!only_superseded()) keep_newest(found);
    std::erase_if(found, [&](const auto& release) { return !is_asked_for(release.status) || !selected(selector, release); });
    sort(found);
    const size_t first = std::min(found.size(), static_cast<size_t>(std::max(offset_, 0)));
    found.erase(found.begin(), found.begin() + static_cast<long>(first));
    if (max_ > 0 && found.size() > static_cast<size_t>(max_)) found.resize(static_cast<size_t>(max_));
    return found;
  }

  static bool selected(const LabelSelector& selector, const release::Release& release) {
    Value labels = Value::map();
    for (const auto& [name, value] : release.labels) labels.set(name, value);
    return selector.matches(labels);
  }

  void sort(Releases& releases) const {
    auto when = [](const release::Release& release) { return parse_rfc3339(release.last_deployed).value_or(Time()); };
    std::stable_sort(releases.begin(), releases.end(), [&](const auto& a, const auto& b) {
      const auto& x = reverse_ ? b : a;
      const auto& y = reverse_ ? a : b;
      return by_date_ ? when(y) < when(x) : x.name < y.name;
    });
  }

  int print_names(const Releases& releases) const {
    Value names = Value::list();
    for (const auto& release : releases) names.push_back(release.name);
    if (output_ != "table") {
      fmt::print("{}", encoded(names, output_));
      return kDone;
    }
    for (const auto& release : releases) fmt::print("{}\n", release.name);
    return kDone;
  }

  std::string table(const Releases& releases) const {
    std::vector<std::vector<std::string>> out;
    if (!no_headers_) out.push_back({"NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"});
    for (const auto& release : releases) {
      out.push_back({release.name, release.ns, std::to_string(release.version), updated(release), release.status,
                     release.chart_name(), release.app_version()});
    }
    return helm_table(out);
  }

  std::vector<Fields> rows(const Releases& releases) const {
    std::vector<Fields> out;
    for (const auto& release : releases) {
      out.push_back({{"name", release.name},
                     {"namespace", release.ns},
                     {"revision", std::to_string(release.version)},
                     {"updated", updated(release)},
                     {"status", release.status},
                     {"chart", release.chart_name()},
                     {"app_version", release.app_version()}});
    }
    return out;
  }

  std::string updated(const release::Release& release) const { return shown_time(release.last_deployed, time_format_); }

  HelmCluster cluster_;
  std::string output_ = "table", time_format_, filter_, selector_;
  bool short_ = false, no_headers_ = false, by_date_ = false, reverse_ = false, all_namespaces_ = false;
  bool uninstalled_ = false, superseded_ = false, uninstalling_ = false, deployed_ = false, failed_ = false;
  bool pending_ = false;
  int max_ = 256, offset_ = 0;
};

class HelmStatus : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    declare_output(flags, output_);
    flags.add("revision", 0, "N", "of this revision", &revision_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return wrong_count("status", "1 argument");
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    auto found = cluster_.find(arguments[0], revision_);
    if (!found) return print_helm_error(found.error());
    found->chart = Value();
    auto resources = live_resources(cluster_, *found, output_ == "table");
    if (!resources) return print_helm_error(resources.error());
    return print_release(*found, output_, {.resources = &*resources});
  }

 private:
  HelmCluster cluster_;
  std::string output_ = "table";
  int revision_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_helm_history() { return std::make_unique<HelmHistory>(); }
std::unique_ptr<Command> make_helm_list() { return std::make_unique<HelmList>(); }
std::unique_ptr<Command> make_helm_status() { return std::make_unique<HelmStatus>(); }

}  // namespace taut::cli
