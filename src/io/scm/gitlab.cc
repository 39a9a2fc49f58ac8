// GitLab's API, version 4.
#include <algorithm>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/scm/api.hh"

namespace taut::scm {
namespace {

class GitLab : public Scm {
 public:
  GitLab(std::string base, const ScmAccount& account)
      : api_(std::move(base) + "/api/v4", net::Header{"PRIVATE-TOKEN", account.token}, account) {}

  Result<std::vector<PullRequest>> pull_requests(const std::string& project, const PullRequestFilter& filter) override {
    std::string query;
    if (!filter.state.empty()) query += "&state=" + url_encode(filter.state);
    if (!filter.labels.empty()) query += "&labels=" + url_encode(join(filter.labels, ","));
    TAUT_ASSIGN(auto items, api_.list(fmt::format("/projects/{}/merge_requests{}", url_encode(project), query.empty() ? "" : "?" + query.substr(1))));
    std::vector<PullRequest> out;
    for (const Value& item : items)
      out.push_back({item["iid"].as_int(), item["title"].str(), item["source_branch"].str(), item["target_branch"].str(), item["sha"].str(),
                     item["author"]["username"].str(), strings_of(item["labels"])});
    return out;
  }

  Result<std::vector<ScmRepository>> repositories(const std::string& owner, const RepositoryFilter& filter) override {
    std::string path = fmt::format("/groups/{}/projects?include_subgroups={}&with_shared={}", url_encode(owner), filter.subgroups, filter.shared);
    if (!filter.topic.empty()) path += "&topic=" + url_encode(filter.topic);
    if (filter.archived) path += "&archived=true";
    if (!filter.protocol.empty() && filter.protocol != "ssh" && filter.protocol != "https")
      return fail(Code::kInvalid, "unknown clone protocol for Gitlab {}", filter.protocol);
    TAUT_ASSIGN(auto items, api_.list(path));
    std::vector<ScmRepository> out;
    for (const Value& item : items)
      out.push_back({item["namespace"]["full_path"].str(), item["path"].str(), std::to_string(item["id"].as_int()),
                     item[filter.protocol == "https" ? "http_url_to_repo" : "ssh_url_to_repo"].str(), item["default_branch"].str(), "",
                     strings_of(item["topics"])});
    return out;
  }

  Result<std::vector<ScmRepository>> branches(const ScmRepository& repository, bool all) override {
    std::string path = fmt::format("/projects/{}/repository/branches", repository.id);
    std::vector<Value> found;
    if (all) {
      TAUT_ASSIGN(found, api_.list(path));
    } else {
      TAUT_ASSIGN(auto one, if_found(api_.get(path + "/" + url_encode(repository.branch))));
      if (one) found.push_back(std::move(*one));
    }
    std::vector<ScmRepository> out;
    for (const Value& branch : found) {
      out.push_back(repository);
      out.back().branch = branch["name"].str();
      out.back().sha = branch["commit"]["id"].str();
    }
    return out;
  }

  // A file or a folder: an entry of the folder that it is in.
  Result<bool> has_path(const ScmRepository& repository, const std::string& path) override {
    size_t slash = path.rfind('/');
    std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
    std::string query = fmt::format("/projects/{}/repository/tree?ref={}&path={}", repository.id, url_encode(repository.branch), url_encode(folder));
    auto is_it = [&](const Value& item) { return item["path"].as_string() == path; };
    TAUT_ASSIGN(auto found, if_found(api_.list(query, "per_page=100", is_it)));
    return found && std::ranges::any_of(*found, is_it);
  }

  Result<std::string> comment(const std::string& project, int64_t number, const std::string& marker, const std::string& text) override {
    std::string request = fmt::format("/projects/{}/merge_requests/{}", url_encode(project), number);
    Value ours;
    TAUT_ASSIGN(auto notes, api_.list(request + "/notes?sort=asc", "per_page=100", [&](const Value& item) {
      if (item["body"].as_string().starts_with(marker)) ours = item;
      return !ours.is_null();
    }));
    Value body = Value::map({{"body", text}});
    auto written = ours.is_null() ? api_.send("POST", request + "/notes", body)
                                  : api_.send("PUT", fmt::format("{}/notes/{}", request, ours["id"].as_int()), body);
    if (!written) return tl::unexpected(written.error());
    TAUT_ASSIGN(Value shown, api_.get(request));
    return fmt::format("{}#note_{}", shown["web_url"].as_string(), (*written)["id"].as_int());
  }

  Result<Proposed> propose(const std::string& project, const Proposal& wanted) override {
    std::string requests = fmt::format("/projects/{}/merge_requests", url_encode(project));
    TAUT_ASSIGN(auto open, api_.list(fmt::format("{}?state=opened&source_branch={}&target_branch={}", requests, url_encode(wanted.branch),
                                                 url_encode(wanted.target_branch))));
    Value body = Value::map({{"title", wanted.title}, {"description", wanted.text}});
    if (open.empty()) {
      body.set("source_branch", wanted.branch);
      body.set("target_branch", wanted.target_branch);
    }
    auto written = open.empty() ? api_.send("POST", requests, body) : api_.send("PUT", fmt::format("{}/{}", requests, open[0]["iid"].as_int()), body);
    if (!written) return tl::unexpected(written.error());
    return Proposed{(*written)["web_url"].str(), open.empty()};
  }

 private:
  Api api_;
};

}  // namespace

std::shared_ptr<Scm> make_gitlab(std::string base, const ScmAccount& account) {
  return std::make_shared<GitLab>(std::move(base), account);
}

}  // namespace taut::scm
