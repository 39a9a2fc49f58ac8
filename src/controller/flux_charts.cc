// FluxSources' share of Helm: the indices of HelmRepositories, and HelmCharts.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "controller/flux_sources.hh"
#include "render/render.hh"

namespace taut::controller {

using flux::SourceRef;

void FluxSources::fetch_index(const Value& object, flux::SourceOutcome& out) {
  out.error = flux::unsupported_helm_field(object["spec"]);
  if (out.error) return;
  auto place = helm_place_of(object);
  if (!place) {
    out.error = place.error();
    return;
  }
  auto client = options_.open_helm(*place);
  auto index = flux::fetch_index(*place, *client);
  if (!index) {
    out.error = index.error();
    return;
  }
  out.message = fmt::format("stored artifact: revision '{}'", index->revision);
  out.event_message = flux::index_event(*place, index->size);
  out.artifact = std::move(*index);
}

// A registry's Secret may hold the configuration of docker.
tl::expected<flux::HelmPlace, flux::SourceError> FluxSources::helm_place_of(const Value& repository) {
  auto place = flux::read_helm_place(repository);
  if (!place) {
    auto error = flux::fetch_failed("URLInvalid", std::string(place.error().message()));
    error.stalled = true;
    return tl::unexpected(error);
  }
  auto login = secret(repository, "secretRef");
  auto denied = [](const Error& error) { return tl::unexpected(flux::fetch_failed("AuthenticationFailed", std::string(error.message()))); };
  if (!login) return denied(login.error());
  if (!login->is_null()) {
    std::string host = place->url.substr(place->url.find("://") + 3);
    host = host.substr(0, host.find('/'));
    bool docker = (*login)["data"].contains(".dockerconfigjson");
    auto access = docker ? flux::read_docker_login(*login, host) : flux::read_access(*login, "https://");
    if (!access) return denied(access.error());
    place->access = std::move(*access);
  }
  if (auto more = add_proxy_and_tls(repository, place->access); !more) return denied(more.error());
  return std::move(*place);
}

Value FluxSources::find(const SourceRef& ref) {
  std::lock_guard lock(mutex_);
  auto it = entries_.find(ref);
  return it == entries_.end() ? Value() : it->second.object;
}

// Charts that are made of this source.
void FluxSources::hurry_charts(const SourceRef& ref) {
  for (auto& [other, entry] : entries_)
    if (other.kind == "HelmChart" && flux::chart_source_of(entry.object) == ref) entry.due = Time{};
  changed_.notify_all();
}

// The HelmRepository of a namespace that has this URL, or null.
Value FluxSources::repository_at(const std::string& ns, const std::string& url) {
  std::string_view wanted = trim_right(url, "/");
  std::lock_guard lock(mutex_);
  for (const auto& [ref, entry] : entries_)
    if (ref.kind == "HelmRepository" && ref.ns == ns && trim_right(entry.object["spec"]["url"].as_string(), "/") == wanted) return entry.object;
  return {};
}

// Charts that a chart in files depends on: asked for with what the HelmRepository of their URL beside the HelmChart
// says, or else as anybody may.
class FluxSources::Dependencies : public render::RemoteCharts {
 public:
  Dependencies(FluxSources& sources, std::string ns) : sources_(sources), ns_(std::move(ns)) {}

  Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) override {
    return told(chart, [&]() -> Result<std::string> {
      TAUT_ASSIGN(auto client, client_of(repository));
      auto version = client ? client->find(chart, range) : sources_.options_.dependencies->resolve(repository, chart, range);
      if (version) return version;
      return fail(version.error().code(), "failed to get chart '{}' version '{}' from '{}': {}", chart, range, repository, version.error().message());
    });
  }
  Result<TreePtr> tree(const std::string& repository, const std::string& chart, const std::string& version) override {
    return told(chart, [&]() -> Result<TreePtr> {
      TAUT_ASSIGN(auto client, client_of(repository));
      auto files = client ? client->files(chart, version) : sources_.options_.dependencies->tree(repository, chart, version);
      if (files) return files;
      return fail(files.error().code(), "chart download of version '{}' failed: {}", version, files.error().message());
    });
  }

 private:
  // Null: nobody's.
  Result<std::shared_ptr<flux::HelmClient>> client_of(const std::string& url) {
    Value repository = sources_.repository_at(ns_, url);
    if (repository.is_null() && sources_.options_.dependencies) return std::shared_ptr<flux::HelmClient>();
    if (repository.is_null()) return fail(Code::kNotFound, "no chart repository for URL '{}'", url);
    auto place = flux::unsupported_helm_field(repository["spec"]) ? tl::unexpected(*flux::unsupported_helm_field(repository["spec"]))
                                                                  : sources_.helm_place_of(repository);
    if (!place) return fail(Code::kInvalid, "failed to get chart repository for URL '{}': {}", url, place.error().message);
    return sources_.options_.open_helm(*place);
  }
  template <class Ask>
  static std::invoke_result_t<Ask> told(const std::string& chart, Ask&& ask) {
    auto answer = ask();
    if (answer) return answer;
    return std::invoke_result_t<Ask>(fail(answer.error().code(), "failed to add remote dependency '{}': {}", chart, answer.error().message()));
  }

  FluxSources& sources_;
  const std::string ns_;
};

flux::SourceOutcome FluxSources::fetch_chart(const Value& object) {
  SourceRef ref = flux::chart_source_of(object);
  Value source = find(ref);
  std::string revision;
  if (!source.is_null()) return flux::chart_outcome(object, build_chart(object, source, revision), revision);
  std::string plural = to_lower(ref.kind.ends_with('y') ? ref.kind.substr(0, ref.kind.size() - 1) + "ies" : ref.kind + 's');
  flux::SourceOutcome out;
  out.error = flux::fetch_failed("SourceUnavailable", fmt::format("failed to get source: {}.{} \"{}\" not found", plural, flux::kSourceGroup, ref.name));
  return out;
}

tl::expected<flux::BuiltChart, flux::SourceError> FluxSources::build_chart(const Value& object, const Value& source, std::string& source_revision) {
  SourceRef ref = flux::chart_source_of(object);
  auto artifact = artifacts_.find(ref);
  bool in_registry = ref.kind == "HelmRepository" && flux::is_oci(source);
  if (!artifact && !in_registry)
    return tl::unexpected(flux::fetch_failed("NoSourceArtifact", fmt::format("no artifact available for {} source '{}'", ref.kind, ref.name)));
  if (artifact) source_revision = artifact->revision;
  flux::ChartFrom from;
  Dependencies dependencies(*this, ref.ns);
  from.dependencies = &dependencies;
  if (ref.kind != "HelmRepository") {
    from.files = std::move(artifact);
    return flux::build_chart(object, from);
  }
  if (auto error = flux::unsupported_helm_field(source["spec"])) return tl::unexpected(*error);
  auto place = helm_place_of(source);
  if (!place) return tl::unexpected(place.error());
  auto client = options_.open_helm(*place);
  from.client = client.get();
  return flux::build_chart(object, from);
}

}  // namespace taut::controller
