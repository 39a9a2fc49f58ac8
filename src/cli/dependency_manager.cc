#include "cli/dependency_manager.hh"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/go_time.hh"
#include "base/semver.hh"
#include "base/sha256.hh"
#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "helm/lock.hh"
#include "tree/disk.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;
using helm::Dependency;
using registry::RepositoryEntry;

constexpr std::string_view kFile = "file://";
constexpr std::string_view kManaged = "helm-manager-";  // repositories that the user has not named

bool is_file(const Dependency& dependency) { return dependency.repository.starts_with(kFile); }

// "@NAME" and "alias:NAME".
std::string_view alias_of(std::string_view repository) {
  for (std::string_view prefix : {"@", "alias:"})
    if (repository.starts_with(prefix)) return repository.substr(prefix.size());
  return "";
}

std::string missing_repositories(const std::vector<std::string>& missing) {
  std::string out = fmt::format("no repository definition for {}. Please add them via 'helm repo add'", join(missing, ", "));
  bool bare = std::ranges::any_of(missing, [](const std::string& one) { return !contains(one, "//") && alias_of(one).empty(); });
  if (bare)
    out += "\nNote that repositories must be URLs or aliases. For example, to refer to the \"example\"\n"
           "repository, use \"https://charts.example.com/\" or \"@example\" instead of\n"
           "\"example\". Don't forget to add the repo, too ('helm repo add').";
  return out;
}

std::string now_text() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
  ZonedTime now = in_zone(seconds.count(), static_cast<int32_t>(rest.count()), TimeZone::local());
  return format_go_time(now, "2006-01-02T15:04:05.999999999Z07:00");
}

Result<bool> within(const std::string& range, const std::string& version) {
  TAUT_ASSIGN(auto wanted, VersionRange::parse(range));
  TAUT_ASSIGN(auto have, Version::parse(version));
  return wanted.contains(have);
}

// Two versions that are the same though written differently.
bool same_version(const std::string& a, const std::string& b) {
  auto first = Version::parse(a), second = Version::parse(b);
  return first && second ? compare(*first, *second) == 0 && first->metadata == second->metadata : a == b;
}

std::string described(const Dependency& d) {
  return fmt::format("{} (repository {}, version {})", quote(d.name), quote(d.repository), quote(d.version));
}

Status write_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  out.flush();
  if (out) return {};
  return fail(Code::kForbidden, "open {}: cannot be written", path.string());
}

}  // namespace

Result<helm::ChartPtr> DependencyManager::load_chart() const {
  std::error_code error;
  if (!fs::exists(path_, error)) return fail(Code::kNotFound, "could not find {}: stat {}: no such file or directory", path_, path_);
  if (!fs::is_directory(path_, error)) return fail(Code::kInvalid, "only unpacked charts can be updated");
  return load_chart_at(path_);
}

Result<std::string> DependencyManager::local_path(std::string_view repository) const {
  if (repository.starts_with(kFile)) repository.remove_prefix(kFile.size());
  fs::path path = repository.starts_with('/') ? fs::path(repository) : fs::path(path_) / repository;
  std::string out = path.lexically_normal().string();
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  std::error_code error;
  if (!fs::exists(out, error)) return fail(Code::kNotFound, "directory {} not found", out);
  return out;
}

Result<std::vector<DependencyManager::Wanted>> DependencyManager::name_repositories(std::vector<Dependency> dependencies) {
  TAUT_ASSIGN(auto known, registry::read_repositories(downloader_.home().repository_config));
  std::vector<Wanted> out;
  std::vector<std::string> missing;
  for (Dependency& d : dependencies) {
    std::string name;
    bool remote = !d.repository.empty() && !is_file(d) && !registry::is_oci(d.repository);
    if (is_file(d)) TAUT_TRY(local_path(d.repository));
    if (remote) {
      std::string_view alias = alias_of(d.repository);
      auto entry = std::ranges::find_if(known, [&](const RepositoryEntry& one) {
        return alias.empty() ? registry::same_repository(one.url, d.repository) : one.name == alias;
      });
      if (entry != known.end()) {
        name = entry->name;
        if (!alias.empty()) d.repository = entry->url;
      } else if (contains(d.repository, "://")) {
        name = std::string(kManaged) + sha256_hex(d.repository);
      } else {
        missing.push_back(d.repository);
      }
    }
    out.push_back({std::move(d), std::move(name)});
  }
  if (!missing.empty()) return fail(Code::kNotFound, "{}", missing_repositories(missing));
  return out;
}

void DependencyManager::update_one(const RepositoryEntry& entry, bool managed) {
  Status status = downloader_.update(entry);
  const std::string& shown = managed ? entry.url : entry.name;
  if (status) return say_(fmt::format("...Successfully got an update from the {} chart repository", quote(shown)));
  std::string url = managed ? "" : fmt::format(" ({})", entry.url);
  say_(fmt::format("...Unable to get an update from the {} chart repository{}:\n\t{}", quote(shown), url, status.error().message()));
}

Status DependencyManager::update_repositories(const std::vector<Wanted>& wanted) {
  if (skip_refresh) return {};
  std::vector<RepositoryEntry> unknown;
  for (const Wanted& one : wanted) {
    if (!one.repository_name.starts_with(kManaged)) continue;
    bool listed = std::ranges::find(unknown, one.repository_name, &RepositoryEntry::name) != unknown.end();
    if (!listed) unknown.push_back({.name = one.repository_name, .url = one.dependency.repository});
  }
  if (!unknown.empty()) say_("Getting updates for unmanaged Helm repositories...");
  for (const RepositoryEntry& entry : unknown) update_one(entry, true);
  TAUT_ASSIGN(auto known, registry::read_repositories(downloader_.home().repository_config));
  if (known.empty()) return {};
  say_("Hang tight while we grab the latest from your chart repositories...");
  for (const RepositoryEntry& entry : known) update_one(entry, false);
  say_("Update Complete. ⎈Happy Helming!⎈");
  return {};
}

// The version that a dependency is locked to; "" when there is none.
Result<std::string> DependencyManager::resolve_one(const Wanted& wanted) {
  const Dependency& d = wanted.dependency;
  auto range = VersionRange::parse(d.version);
  if (!range)
    return fail(Code::kInvalid, "dependency {} has an invalid version/constraint format: {}", quote(d.name), range.error().message());
  if (d.repository.empty()) {
    TAUT_TRY(local_path("charts/" + d.name));
    return d.version;
  }
  if (is_file(d)) {
    TAUT_ASSIGN(std::string path, local_path(d.repository));
    TAUT_ASSIGN(auto chart, load_chart_at(path));
    TAUT_ASSIGN(bool fits, within(d.version, chart->metadata.version));
    return fits ? chart->metadata.version : "";
  }
  std::vector<std::string> versions;
  if (registry::is_oci(d.repository)) {
    if (Version::parse(d.version)) return d.version;
    auto tags = downloader_.tags(d.repository + "/" + d.name);
    if (!tags)
      return fail(tags.error().code(), "could not retrieve list of tags for repository {}: {}", d.repository, tags.error().message());
    versions = std::move(*tags);
  } else {
    auto index = downloader_.cached_index(wanted.repository_name, d.repository);
    if (!index)
      return fail(index.error().code(), "no cached repository for {} found. (try 'helm repo update'): {}", wanted.repository_name,
                  index.error().message());
    const auto* entries = index->versions(d.name);
    if (!entries) return fail(Code::kNotFound, "{} chart not found in repo {}", d.name, d.repository);
    for (const registry::IndexEntry& entry : *entries) versions.push_back(entry.version);
  }
  for (const std::string& version : versions)
    if (range->contains(*Version::parse(version))) return version;
  return std::string();
}

Result<helm::Lock> DependencyManager::resolve(const std::vector<Wanted>& wanted) {
  helm::Lock lock;
  std::vector<Dependency> asked;
  std::vector<std::string> missing;
  for (const Wanted& one : wanted) {
    TAUT_ASSIGN(std::string version, resolve_one(one));
    if (version.empty()) missing.push_back(described(one.dependency));
    asked.push_back(one.dependency);
    Dependency& locked = lock.dependencies.emplace_back();
    locked.name = one.dependency.name;
    locked.version = version;
    locked.repository = one.dependency.repository;
  }
  if (!missing.empty())
    return fail(Code::kNotFound,
                "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version exists in the repo, or change "
                "the version constraint in Chart.yaml",
                missing.size(), join(missing, ", "));
  lock.digest = helm::lock_digest(asked, lock.dependencies);
  lock.generated = now_text();
  return lock;
}

Status DependencyManager::update() {
  TAUT_ASSIGN(auto chart, load_chart());
  if (!chart->metadata.lists_dependencies) return {};
  TAUT_ASSIGN(auto wanted, name_repositories(chart->metadata.dependencies));
  TAUT_TRY(update_repositories(wanted));
  TAUT_ASSIGN(helm::Lock lock, resolve(wanted));
  for (size_t i = 0; i < wanted.size(); ++i) wanted[i].dependency = lock.dependencies[i];
  TAUT_TRY(download(wanted));
  if (chart->lock && chart->lock->digest == lock.digest) return {};
  return write_lock(lock, chart->metadata.api_version == "v1");
}

Status DependencyManager::build() {
  TAUT_ASSIGN(auto chart, load_chart());
  if (!chart->lock) return update();
  helm::Metadata asked = chart->metadata;
  TAUT_ASSIGN(auto named, name_repositories(asked.dependencies));
  for (size_t i = 0; i < named.size(); ++i) asked.dependencies[i].repository = named[i].dependency.repository;
  TAUT_TRY(helm::check_lock(asked, *chart->lock));
  TAUT_ASSIGN(auto locked, name_repositories(chart->lock->dependencies));
  TAUT_TRY(update_repositories(locked));
  return download(locked);
}

Status DependencyManager::check_vendored(const Dependency& d) const {
  say_(fmt::format("Dependency {} did not declare a repository. Assuming it exists in the charts directory", d.name));
  std::string path = (fs::path(path_) / "charts" / d.name).string();
  auto chart = load_chart_at(path);
  if (!chart) return fail(chart.error().code(), "unable to load chart '{}': {}", path, chart.error().message());
  const std::string& version = (*chart)->metadata.version;
  auto fits = within(d.version, version);
  if (!fits) return fail(Code::kInvalid, "dependency {} has an invalid version/constraint format: {}", d.name, fits.error().message());
  if (!*fits) return fail(Code::kInvalid, "dependency {} at version {} does not satisfy the constraint {}", d.name, version, d.version);
  return {};
}

Result<std::string> DependencyManager::pack_local(const Dependency& d, const std::string& folder) const {
  TAUT_ASSIGN(std::string path, local_path(d.repository));
  TAUT_ASSIGN(auto chart, load_chart_at(path));
  auto fits = within(d.version, chart->metadata.version);
  if (!fits) return fail(Code::kInvalid, "dependency {} has an invalid version/constraint format: {}", d.name, fits.error().message());
  if (!*fits) return fail(Code::kInvalid, "can't get a valid version for dependency {}", d.name);
  TAUT_ASSIGN(std::string bytes, helm::write_chart_archive(*chart));
  TAUT_TRY(write_bytes(fs::path(folder) / helm::archive_name(chart->metadata), bytes));
  return chart->metadata.version;
}

Result<registry::ChartPlace> DependencyManager::place_of(const Wanted& wanted) {
  const Dependency& d = wanted.dependency;
  if (registry::is_oci(d.repository)) return downloader_.resolve(fmt::format("{}/{}", d.repository, d.name), d.version);
  auto index = downloader_.cached_index(wanted.repository_name, d.repository);
  if (!index) return fail(index.error());
  const auto* entries = index->versions(d.name);
  if (!entries) return fail(Code::kNotFound, "could not find : entry not found");
  for (const registry::IndexEntry& entry : *entries) {
    if (!same_version(entry.version, d.version)) continue;
    if (wanted.repository_name.starts_with(kManaged)) return registry::ChartPlace{entry.url, entry.digest, {}, d.repository};
    TAUT_ASSIGN(auto place, downloader_.resolve(wanted.repository_name + "/" + d.name, entry.version));
    return place;
  }
  return fail(Code::kNotFound, "could not find : no matching version");
}

Status DependencyManager::download_one(const std::string& folder, Wanted& wanted, std::vector<std::string>& done) {
  Dependency& d = wanted.dependency;
  if (d.repository.empty()) return check_vendored(d);
  if (is_file(d)) {
    TAUT_ASSIGN(d.version, pack_local(d, folder));
    return {};
  }
  TAUT_ASSIGN(auto place, place_of(wanted));
  if (std::ranges::find(done, place.url) != done.end()) {
    say_(fmt::format("Already downloaded {} from repo {}", d.name, d.repository));
    return {};
  }
  say_(fmt::format("Downloading {} from repo {}", d.name, d.repository));
  auto bytes = downloader_.fetch(place);
  if (!bytes) return fail(bytes.error().code(), "could not download {}: {}", place.url, bytes.error().message());
  TAUT_TRY(write_bytes(fs::path(folder) / place.file_name(), *bytes));
  done.push_back(place.url);
  return {};
}

Status DependencyManager::download_into(const std::string& folder, std::vector<Wanted>& wanted) {
  say_(fmt::format("Saving {} charts", wanted.size()));
  std::vector<std::string> done;
  for (Wanted& one : wanted) {
    Status status = download_one(folder, one, done);
    if (status) continue;
    say_(fmt::format("Save error occurred:  {}", status.error().message()));
    return status;
  }
  return {};
}

Status DependencyManager::download(std::vector<Wanted>& wanted) {
  std::error_code error;
  std::string charts = path_ + "/charts", folder = fmt::format("{}/tmpcharts-{}", path_, ::getpid());
  if (fs::exists(charts, error) && !fs::is_directory(charts, error)) return fail(Code::kInvalid, "{} is not a directory", quote(charts));
  for (const std::string& needed : {charts, folder}) {
    fs::create_directories(needed, error);
    if (error) return fail(Code::kForbidden, "mkdir {}: {}", needed, error.message());
  }
  Status status = download_into(folder, wanted);
  if (status) move_in(wanted, folder, charts);
  fs::remove_all(folder, error);
  return status;
}

// Archives of charts/ that are no dependency's any more go.
void DependencyManager::move_in(const std::vector<Wanted>& wanted, const std::string& from, const std::string& charts) {
  std::error_code error;
  std::vector<fs::path> before, moved;
  for (const auto& file : fs::directory_iterator(charts, error)) before.push_back(file.path());
  for (const auto& file : fs::directory_iterator(from, error)) {
    moved.push_back(file.path().filename());
    if (auto chart = load_chart_at(file.path().string()); !chart) {
      say_(fmt::format("Could not verify {} for moving: {} (Skipping)", file.path().string(), chart.error().message()));
      continue;
    }
    fs::rename(file.path(), fs::path(charts) / file.path().filename(), error);
    if (error) say_(fmt::format("Unable to move {} to charts dir {} (Skipping)", file.path().string(), error.message()));
  }
  say_("Deleting outdated charts");
  std::ranges::sort(before);
  for (const fs::path& file : before) {
    if (fs::is_directory(file, error) || std::ranges::find(moved, file.filename()) != moved.end()) continue;
    auto chart = load_chart_at(file.string());
    if (!chart) {
      say_(fmt::format("Could not verify {} for deletion: {} (Skipping)", file.string(), chart.error().message()));
      continue;
    }
    bool vendored = std::ranges::any_of(wanted, [&](const Wanted& one) {
      return one.dependency.repository.empty() && one.dependency.name == (*chart)->metadata.name;
    });
    if (!vendored) fs::remove(file, error);
  }
}

Status DependencyManager::write_lock(const helm::Lock& lock, bool first_version) const {
  std::string name = first_version ? "requirements.lock" : "Chart.lock";
  fs::path path = fs::path(path_) / name;
  std::error_code error;
  if (fs::is_symlink(path, error))
    return fail(Code::kForbidden, "the {} file is a symlink to {}", name, quote(fs::read_symlink(path, error).string()));
  return write_bytes(path, helm::lock_text(lock));
}

}  // namespace taut::cli
