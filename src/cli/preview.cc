// taut preview: what a commit would change, restart, prune and break, tried out on a copy of the cluster.
#include "preview/preview.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/connection.hh"
#include "cli/folder.hh"
#include "cli/import_source.hh"
#include "cli/output.hh"
#include "cli/posting.hh"
#include "cli/source_repositories.hh"
#include "cli/serving.hh"
#include "cli/terminal.hh"
#include "tree/disk.hh"

namespace taut::cli {
namespace {

constexpr int kBreaks = 2;

bool is_folder(const std::string& word) {
  struct stat info {};
  return word.find('/') != std::string::npos || word == "." || (::stat(word.c_str(), &info) == 0 && S_ISDIR(info.st_mode));
}

class Preview : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("revision", 'r', "REV", "the commit to try: a SHA, branch or tag of the applications' repository", &request_.revision);
    flags.add("source", 0, "DIR", "in place of a commit: a work tree of the repository", &source_);
    flags.add("into", 0, "REV", "without APP: the applications that follow this revision", &request_.into);
    flags.add("repo", 0, "URL", "without APP: the repository whose commit it is", &request_.repository);
    flags.add("prune", 0, "", "remove what is no longer in Git also where the policy does not", &request_.prune);
    flags.add("output", 'o', "FORMAT", "text, json or markdown", &output_, {"text", "json", "markdown"});
    flags.add("post", 0, "URL", "also write the report, as markdown, to this pull request: one comment, kept up to date", &post_);
    import_.declare(flags, /*with_secrets=*/false);
    flags.add("empty", 0, "", "try it on an empty cluster", &empty_);
    flags.add("image-faults", 0, "FILE", "images that fail as in life: one glob and a fault a line", &copy_.image_faults);
    flags.add("timeout", 0, "DURATION", "how long a sync may take", &request_.patience);
    connection_.declare(flags);
    flags.add("namespace", 'n', "NAMESPACE", "where a folder's objects go that name none", &request_.ns);
    folder_.declare(flags);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
  }

  int run(const std::vector<std::string>& arguments) override {
    auto report = preview(arguments);
    if (!report) {
      print_error(report.error());
      return kFailed;
    }
    if (output_ == "json") {
      print_object(preview::to_value(*report), "json");
    } else {
      fmt::print("{}", output_ == "markdown" ? preview::to_markdown(*report) : preview::to_text(*report, {.color = colours()}));
    }
    if (!post_.empty() && !post(*report, arguments)) return kFailed;
    return report->breaks() ? kBreaks : kDone;
  }

 private:
  Result<preview::Report> preview(const std::vector<std::string>& arguments) {
    TAUT_TRY(read_arguments(arguments));
    tell("reading the cluster");
    TAUT_ASSIGN(preview::Snapshot snapshot, read_snapshot());
    std::vector<preview::Snapshot::Trouble> troubles = snapshot.troubles;
    tell(fmt::format("starting a copy of {} objects", snapshot.objects.size()));
    TAUT_ASSIGN(auto copy, preview::Copy::start(std::move(snapshot), copy_));
    std::shared_ptr<Cluster> cluster = copy->cluster();
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    tell("trying it");
    TAUT_ASSIGN(preview::Report report, preview::run(*copy, repositories, request_));
    add_notes(troubles, copy->imported(), report);
    return report;
  }

  bool post(const preview::Report& report, const std::vector<std::string>& arguments) const {
    std::string name = arguments.empty() ? "of " + request_.into : join(arguments, " ");
    if (!connection_.context.empty()) name += " on " + connection_.context;
    auto posted = post_report(post_, name, preview::to_markdown(report), [](const char* variable) {
      const char* value = std::getenv(variable);
      return std::string(value != nullptr ? value : "");
    });
    if (posted)
      fmt::print(stderr, "posted: {}\n", *posted);
    else
      print_error(posted.error());
    return posted.has_value();
  }

  Status read_arguments(const std::vector<std::string>& arguments) {
    request_.control_namespace = connection_.ns;
    request_.standalone = arguments.size() == 1 && is_folder(arguments[0]);
    if (request_.standalone && (!source_.empty() || !request_.revision.empty()))
      return fail(Code::kInvalid, "a folder is tried as it is: --revision and --source go with applications");
    if (!source_.empty() && !request_.revision.empty()) return fail(Code::kInvalid, "either --revision or --source");
    if (empty_ && !import_.path.empty()) return fail(Code::kInvalid, "either --empty or --import");
    if (!request_.standalone) request_.applications = arguments;
    std::string folder = request_.standalone ? arguments[0] : source_;
    if (folder.empty()) return {};
    TAUT_ASSIGN(request_.folder, disk_tree(folder));
    if (folder_.recurse) request_.directory.set("recurse", true);
    if (!folder_.include.empty()) request_.directory.set("include", folder_.include);
    if (!folder_.exclude.empty()) request_.directory.set("exclude", folder_.exclude);
    return {};
  }

  Result<preview::Snapshot> read_snapshot() {
    if (!import_.path.empty()) return import_.read();
    if (empty_) {
      preview::Snapshot nothing;
      nothing.source = "an empty cluster";
      return nothing;
    }
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(preview::Snapshot snapshot, preview::read_cluster(*cluster, {}));
    snapshot.source = connection_.context.empty() ? "the current cluster" : connection_.context;
    return snapshot;
  }

  // A copy that lacks something may tell less than the truth, and says so.
  static void add_notes(const std::vector<preview::Snapshot::Trouble>& troubles, const sandbox::ImportReport& imported, preview::Report& report) {
    for (const auto& trouble : troubles) report.notes.push_back(fmt::format("not in the copy: {}: {}", trouble.place, trouble.message));
    for (const auto& note : imported.refused) report.notes.push_back(fmt::format("not in the copy: {}: {}", note.object, note.message));
  }

  static void tell(std::string_view what) {
    if (interactive()) fmt::print(stderr, "{} ...\n", what);
  }

  Connection connection_;
  FolderSource folder_;
  ImportSource import_{.path = {}, .context = {}, .secrets = "keep"};
  preview::Request request_;
  preview::CopyOptions copy_;
  std::string source_, post_, output_ = "text", data_ = default_data_folder();
  bool empty_ = false;
};

}  // namespace

std::unique_ptr<Command> make_preview() { return std::make_unique<Preview>(); }

}  // namespace taut::cli
