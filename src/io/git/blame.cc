#include "io/git/blame.hh"

#include <charconv>
#include <filesystem>
#include <map>

#include "base/strings.hh"

namespace taut::git {
namespace {

constexpr size_t kShaLength = 40;

// A line that begins the entry of a line: "SHA old-line new-line [lines]".
bool begins_entry(std::string_view line) {
  return line.size() > kShaLength && line[kShaLength] == ' ' &&
         line.substr(0, kShaLength).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void take_header(std::string_view line, BlamedLine& commit) {
  std::string_view name, value;
  if (!cut(line, " ", name, value)) return;
  if (name == "author") commit.author = value;
  if (name == "author-mail") commit.email = trim_right(value.starts_with('<') ? value.substr(1) : value, ">");
  if (name == "summary") commit.summary = value;
  if (name != "author-time") return;
  int64_t seconds = 0;
  std::from_chars(value.data(), value.data() + value.size(), seconds);
  commit.time = Time(std::chrono::seconds(seconds));
}

}  // namespace

Result<std::vector<BlamedLine>> parse_blame(std::string_view porcelain) {
  std::map<std::string, BlamedLine, std::less<>> commits;  // the headers come with a commit's first line only
  std::vector<BlamedLine> out;
  BlamedLine* commit = nullptr;
  while (!porcelain.empty()) {
    size_t end = porcelain.find('\n');
    std::string_view line = porcelain.substr(0, end);
    porcelain = end == std::string_view::npos ? std::string_view() : porcelain.substr(end + 1);
    if (line.starts_with('\t')) {
      if (commit == nullptr) return fail(Code::kInvalid, "git blame: a line without a commit");
      out.push_back(*commit);
      commit = nullptr;
    } else if (commit == nullptr && begins_entry(line)) {
      std::string sha(line.substr(0, kShaLength));
      commit = &commits[sha];
      commit->sha = sha;
    } else if (commit != nullptr) {
      take_header(line, *commit);
    } else if (!line.empty()) {
      return fail(Code::kInvalid, "git blame: unexpected line {}", quote(std::string(line.substr(0, 80))));
    }
  }
  return out;
}

Result<std::vector<BlamedLine>> blame_work_tree(const Program& program, const std::string& root, const std::string& path) {
  TAUT_ASSIGN(auto text, program.blame(root, "", path));
  return parse_blame(text);
}

std::optional<std::string> work_tree_of(const std::string& folder) {
  std::error_code error;
  std::filesystem::path at = std::filesystem::weakly_canonical(folder, error);
  for (; !error && !at.empty(); at = at.parent_path()) {
    if (std::filesystem::exists(at / ".git", error)) return at.string();
    if (at == at.root_path()) break;
  }
  return std::nullopt;
}

}  // namespace taut::git
