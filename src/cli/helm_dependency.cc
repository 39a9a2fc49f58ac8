// taut helm dependency list, build and update.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/runes.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/dependency_manager.hh"
#include "cli/helm_commands.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;
using helm::Dependency;

std::string cleaned(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return ".";
  std::string path = fs::path(arguments[0]).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.empty() ? "." : path;
}

int one_chart_at_most() {
  print_error("at most one chart: taut helm dependency list|build|update [CHART]");
  return kMisused;
}

// "" when the version fits.
std::string version_problem(const Dependency& wanted, const std::string& version) {
  if (wanted.version == version) return "";
  auto range = VersionRange::parse(wanted.version);
  auto have = Version::parse(version);
  if (!range || !have) return "invalid version";
  return range->contains(*have) ? "" : "wrong version";
}

std::string archive_status(const fs::path& archive, const Dependency& wanted) {
  auto chart = load_chart_at(archive.string());
  if (!chart) return "corrupt";
  if ((*chart)->metadata.name != wanted.name) return "misnamed";
  std::string problem = version_problem(wanted, (*chart)->metadata.version);
  return problem.empty() ? "ok" : problem;
}

// NAME-*.tgz of charts/; of several, those whose rest is a version.
std::vector<fs::path> archives_of(const std::vector<fs::path>& files, const Dependency& wanted) {
  std::vector<fs::path> all, versioned;
  for (const fs::path& file : files) {
    std::string name = file.filename().string(), start = wanted.name + "-";
    if (!name.starts_with(start) || !name.ends_with(".tgz")) continue;
    all.push_back(file);
    if (Version::parse_strict(name.substr(start.size(), name.size() - start.size() - 4))) versioned.push_back(file);
  }
  return all.size() > 1 ? versioned : all;
}

std::string status_of(const std::vector<fs::path>& files, const Dependency& wanted, const helm::Chart& parent) {
  std::vector<fs::path> archives = archives_of(files, wanted);
  if (archives.size() > 1) return "too many matches";
  if (archives.size() == 1) return archive_status(archives[0], wanted);
  const helm::Chart* found = nullptr;
  for (const helm::ChartPtr& child : parent.charts)
    if (child->metadata.name == wanted.name) found = child.get();
  if (found == nullptr) return "missing";
  std::string problem = version_problem(wanted, found->metadata.version);
  return problem.empty() ? "unpacked" : problem;
}

size_t rune_count(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) take_rune(text);
  return count;
}

std::string_view rune_prefix(std::string_view text, size_t count) {
  std::string_view left = text;
  while (count-- > 0 && !left.empty()) take_rune(left);
  return text.substr(0, text.size() - left.size());
}

// As gosuri/uitable prints: cells filled to the widest and cut at a width, tabs between.
std::string table_of(const std::vector<std::vector<std::string>>& rows, size_t widest) {
  auto shown = [&](const std::string& cell) {
    return rune_count(cell) <= widest || widest < 4 ? cell : std::string(rune_prefix(cell, widest - 3)) + "...";
  };
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], rune_count(shown(row[i])));
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      std::string cell = shown(row[i]);
      out += cell + std::string(widths[i] - rune_count(cell), ' ') + (i + 1 < row.size() ? "\t" : "\n");
    }
  }
  return out;
}

class DependencyList : public Command {
 public:
  void declare(Flags& flags) override { flags.add("max-col-width", 0, "COLUMNS", "the widest column of the table", &width_); }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() > 1) return one_chart_at_most();
    std::string path = cleaned(arguments);
    auto chart = load_chart_at(path);
    if (!chart) return print_helm_error(chart.error());
    if (!(*chart)->metadata.lists_dependencies) {
      fmt::print("WARNING: no dependencies at {}\n", (fs::path(path) / "charts").lexically_normal().string());
      return kDone;
    }
    print(path, **chart);
    return kDone;
  }

 private:
  void print(const std::string& path, const helm::Chart& chart) const {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& file : fs::directory_iterator((fs::path(path) / "charts").lexically_normal(), error)) files.push_back(file.path());
    std::ranges::sort(files);
    std::vector<std::vector<std::string>> rows{{"NAME", "VERSION", "REPOSITORY", "STATUS"}};
    for (const Dependency& d : chart.metadata.dependencies)
      rows.push_back({d.name, d.version, d.repository, status_of(files, d, chart)});
    fmt::print("{}\n", table_of(rows, static_cast<size_t>(std::max(width_, 0))));
    for (const fs::path& file : files) {
      if (!fs::is_directory(file, error) && file.extension() != ".tgz") continue;
      auto found = load_chart_at(file.string());
      bool named = found && std::ranges::find(chart.metadata.dependencies, (*found)->metadata.name, &Dependency::name) !=
                                chart.metadata.dependencies.end();
      if (!named) fmt::print("WARNING: {} is not {}.\n", quote(file.string()), found ? "in Chart.yaml" : "a chart");
    }
  }

  int width_ = 80;
};

// build and update differ in one call.
class DependencyFetch : public Command {
 public:
  explicit DependencyFetch(Status (DependencyManager::*action)()) : action_(action) {}

  void declare(Flags& flags) override {
    flags.add("skip-refresh", 0, "", "use the indices of repositories as they were fetched last", &skip_refresh_);
    flags.add("verify", 0, "", "refused: taut checks no signatures", &verify_);
    flags.add("keyring", 0, "FILE", "not used: it is for --verify", &keyring_);
    options_.declare(flags);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() > 1) return one_chart_at_most();
    if (verify_) return print_helm_error(Error(Code::kUnsupported, "taut checks no signatures of charts: --verify cannot be kept"));
    registry::ChartDownloader downloader = options_.downloader();
    DependencyManager manager(cleaned(arguments), downloader, [](const std::string& line) {
      fmt::print("{}\n", line);
      std::fflush(stdout);
    });
    manager.skip_refresh = skip_refresh_;
    Status status = (manager.*action_)();
    for (const std::string& line : downloader.log) fmt::print(stderr, "{}\n", line);
    return status ? kDone : print_helm_error(status.error());
  }

 private:
  Status (DependencyManager::*action_)();
  DownloadOptions options_;
  std::string keyring_;
  bool skip_refresh_ = false, verify_ = false;
};

}  // namespace

std::unique_ptr<Command> make_helm_dependency_list() { return std::make_unique<DependencyList>(); }
std::unique_ptr<Command> make_helm_dependency_build() { return std::make_unique<DependencyFetch>(&DependencyManager::build); }
std::unique_ptr<Command> make_helm_dependency_update() { return std::make_unique<DependencyFetch>(&DependencyManager::update); }

}  // namespace taut::cli
