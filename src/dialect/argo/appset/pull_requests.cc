// pullRequest: one parameter set for each open pull request (applicationset/generators/pull_request.go, Argo CD 3.5).
#include <algorithm>

#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"

namespace taut::argo::appset {
namespace {

constexpr size_t kLongestSlug = 50;

struct Filter {
  std::shared_ptr<const re2::RE2> branch, target_branch, title;

  bool matches(const PullRequest& pull) const {
    auto holds = [](const auto& expression, const std::string& text) { return !expression || re2::RE2::PartialMatch(text, *expression); };
    return holds(branch, pull.branch) && holds(target_branch, pull.target_branch) && holds(title, pull.title);
  }
};

Result<std::vector<Filter>> read_filters(const Value& list) {
  std::vector<Filter> out;
  for (const Value& item : list.items()) {
    Filter filter;
    TAUT_ASSIGN(filter.branch, expression_of(item, "branchMatch", "BranchMatch"));
    TAUT_ASSIGN(filter.target_branch, expression_of(item, "targetBranchMatch", "TargetBranchMatch"));
    TAUT_ASSIGN(filter.title, expression_of(item, "titleMatch", "TitleMatch"));
    out.push_back(std::move(filter));
  }
  return out;
}

Value texts(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const std::string& text : list) out.push_back(text);
  return out;
}

Value parameters_of(const PullRequest& pull) {
  return Value::map({{"number", std::to_string(pull.number)},
                     {"title", pull.title},
                     {"branch", pull.branch},
                     {"branch_slug", slug_of(pull.branch, kLongestSlug, true)},
                     {"target_branch", pull.target_branch},
                     {"target_branch_slug", slug_of(pull.target_branch, kLongestSlug, true)},
                     {"head_sha", pull.head_sha},
                     {"head_short_sha", pull.head_sha.substr(0, 8)},
                     {"head_short_sha_7", pull.head_sha.substr(0, 7)},
                     {"author", pull.author}});
}

}  // namespace

Result<ParameterSets> pull_request_parameters(const Value& generator, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  TAUT_ASSIGN(NamedScm named, named_scm(generator, "pullRequest", world));
  const Value& block = *named.block;
  std::string project = named.provider == "gitlab" ? block["project"].str() : fmt::format("{}/{}", block["owner"].as_string(), block["repo"].as_string());
  PullRequestFilter wanted;
  for (const Value& label : block["labels"].items()) wanted.labels.push_back(label.str());
  wanted.state = block["pullRequestState"].str();
  TAUT_ASSIGN(auto filters, read_filters(generator["filters"]));
  auto pulls = named.scm->pull_requests(project, wanted);
  if (!pulls && pulls.error().code() == Code::kNotFound && generator["continueOnRepoNotFoundError"].as_bool()) return ParameterSets{};
  if (!pulls) return fail(pulls.error().code(), "error listing repos: {}", pulls.error().message());
  ParameterSets out;
  for (const PullRequest& pull : *pulls) {
    if (!filters.empty() && std::ranges::none_of(filters, [&](const Filter& filter) { return filter.matches(pull); })) continue;
    Value parameters = parameters_of(pull);
    if (auto added = add_values(generator["values"], parameters, language); !added)
      return fail(added.error().code(), "failed to append templated values: {}", added.error().message());
    if (language.go_template) parameters.set("labels", texts(pull.labels));
    out.push_back(std::move(parameters));
  }
  return out;
}

}  // namespace taut::argo::appset
