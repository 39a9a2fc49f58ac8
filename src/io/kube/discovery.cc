#include "io/kube/discovery.hh"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::kube {
namespace {

constexpr const char* kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
constexpr std::chrono::seconds kBetweenSearches{1};
constexpr size_t kOldFormThreads = 8;

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.items()) out.push_back(item.str());
  return out;
}

Result<Value> get_json(Transport& transport, std::string path) {
  TAUT_ASSIGN(auto answer, transport.send({.path = std::move(path)}));
  return parse_json(answer.body);
}

// The group versions of /api ("v1") or /apis, the preferred version of a group first.
std::vector<std::string> group_versions(const Value& index) {
  std::vector<std::string> out = texts(index["versions"]);
  for (const auto& group : index["groups"].items()) {
    std::string preferred = group["preferredVersion"]["groupVersion"].str();
    if (!preferred.empty()) out.push_back(preferred);
    for (const auto& version : group["versions"].items())
      if (version["groupVersion"].as_string() != preferred) out.push_back(version["groupVersion"].str());
  }
  return out;
}

}  // namespace

void add_aggregated(const Value& list, Discovery& out) {
  for (const auto& group : list["items"].items()) {
    std::string name = group["metadata"]["name"].str();
    for (const auto& version : group["versions"].items()) {
      Gvk around{name, version["version"].str(), ""};
      if (version["freshness"].as_string() == "Stale") {
        out.failed.emplace_back(around.api_version(), "stale GroupVersion discovery: " + around.api_version());
        continue;
      }
      for (const auto& entry : version["resources"].items()) {
        ApiResource resource;
        resource.gvk = {around.group, around.version, entry["responseKind"]["kind"].str()};
        if (resource.gvk.kind.empty()) continue;  // only its subresources exist
        resource.plural = entry["resource"].str();
        resource.namespaced = entry["scope"].as_string() == "Namespaced";
        resource.verbs = texts(entry["verbs"]);
        resource.short_names = texts(entry["shortNames"]);
        resource.categories = texts(entry["categories"]);
        for (const auto& sub : entry["subresources"].items())
          resource.subresources.push_back(sub["subresource"].str());
        out.resources.push_back(std::move(resource));
      }
    }
  }
}

void add_resource_list(const Value& list, const std::string& group_version, Discovery& out) {
  Gvk around = Gvk::parse(group_version, "");
  size_t first = out.resources.size();
  for (const auto& entry : list["resources"].items()) {
    std::string name = entry["name"].str();
    if (name.find('/') != std::string::npos) continue;
    ApiResource resource;
    resource.gvk = {around.group, around.version, entry["kind"].str()};
    resource.plural = name;
    resource.namespaced = entry["namespaced"].as_bool();
    resource.verbs = texts(entry["verbs"]);
    resource.short_names = texts(entry["shortNames"]);
    resource.categories = texts(entry["categories"]);
    out.resources.push_back(std::move(resource));
  }
  for (const auto& entry : list["resources"].items()) {
    std::string_view plural, sub;
    if (!cut(entry["name"].as_string(), "/", plural, sub)) continue;
    for (size_t i = first; i < out.resources.size(); ++i)
      if (out.resources[i].plural == plural) out.resources[i].subresources.emplace_back(sub);
  }
}

// One document for each group and version, several at a time.
Status Discoverer::add_old_form(const Value& index, Part& part) {
  auto versions = group_versions(index);
  std::vector<std::optional<Result<Value>>> answers(versions.size());
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i; (i = next++) < versions.size();) {
      const char* root = versions[i].find('/') == std::string::npos ? "/api/" : "/apis/";
      answers[i] = get_json(transport_, root + versions[i]);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(kOldFormThreads, versions.size()); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < versions.size(); ++i) {
    if (*answers[i]) {
      add_resource_list(**answers[i], versions[i], part.found);
    } else {
      part.found.failed.emplace_back(versions[i], answers[i]->error().message());
    }
  }
  return {};
}

Status Discoverer::refresh_part(const char* path, Part& part) {
  ApiRequest request{.path = path, .accept = kAccept};
  if (!part.etag.empty()) request.headers.push_back({"If-None-Match", part.etag});
  TAUT_ASSIGN(auto answer, transport_.send(request));
  if (answer.status == 304) return {};
  TAUT_ASSIGN(Value body, parse_json(answer.body));
  const std::string* etag = answer.header("ETag");
  part = Part{};
  part.aggregated = body["kind"].as_string() == "APIGroupDiscoveryList";
  if (!part.aggregated) return add_old_form(body, part);
  if (etag) part.etag = *etag;
  add_aggregated(body, part.found);
  return {};
}

Result<std::shared_ptr<const Discovery>> Discoverer::refresh() {
  std::lock_guard asking(asking_);
  TAUT_TRY(refresh_part("/api", core_));
  TAUT_TRY(refresh_part("/apis", groups_));
  auto out = std::make_shared<Discovery>();
  TAUT_ASSIGN(Value version, get_json(transport_, "/version"));
  out->version = version["gitVersion"].str();
  for (const Part* part : {&core_, &groups_}) {
    out->resources.insert(out->resources.end(), part->found.resources.begin(), part->found.resources.end());
    out->failed.insert(out->failed.end(), part->found.failed.begin(), part->found.failed.end());
  }
  std::lock_guard lock(mutex_);
  last_ = out;
  asked_ = std::chrono::steady_clock::now();
  return std::shared_ptr<const Discovery>(out);
}

// From the last answer: true when the resource is there, or the answer is too young for another to differ.
bool Discoverer::look_up(const Gvk& gvk, std::optional<ApiResource>& out) {
  std::lock_guard lock(mutex_);
  if (!last_) return false;
  if (const ApiResource* found = last_->find(gvk)) out = *found;
  return out || std::chrono::steady_clock::now() < asked_ + kBetweenSearches;
}

Result<ApiResource> Discoverer::find(const Gvk& gvk) {
  std::optional<ApiResource> found;
  if (!look_up(gvk, found)) {
    std::lock_guard one_at_a_time(searching_);
    if (!look_up(gvk, found)) {
      TAUT_TRY(refresh());
      look_up(gvk, found);
    }
  }
  if (found) return *found;
  return fail(Error(Code::kNotFound,
                    fmt::format("no matches for kind \"{}\" in version \"{}\"", gvk.kind, gvk.api_version()))
                  .with_hint("Ensure that its CustomResourceDefinition is installed first."));
}

void Discoverer::forget() {
  std::lock_guard lock(mutex_);
  last_.reset();
}

}  // namespace taut::kube
