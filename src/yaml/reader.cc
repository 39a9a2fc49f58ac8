#include "yaml/reader.hh"

#include <fmt/format.h>

#include "yaml/decode.hh"
#include "yaml/input.hh"
#include "yaml/parser.hh"
#include "yaml/split.hh"

namespace taut {
namespace {

using yaml::DecodeFailure;
using yaml::Input;
using yaml::Mark;
using yaml::Parser;
using yaml::Problem;
using yaml::ScalarStyle;

// go-yaml's sentence. Its versions look at different marks, and count from 0 unless the scanner complains.
std::string describe(const Problem& problem, Schema schema) {
  Mark first = problem.mark, second = problem.context;
  bool v3 = schema == Schema::kGoV3;
  if (v3) std::swap(first, second);
  uint32_t scanner = problem.origin == Problem::Origin::kScanner ? 1 : 0;
  uint32_t line = 0;
  if (first.line != 0) line = first.line + scanner;
  else if (second.line != 0) line = second.line + (v3 ? scanner : 0);
  return line != 0 ? fmt::format("yaml: line {}: {}", line, problem.text) : "yaml: " + problem.text;
}

std::shared_ptr<const LineTable> find_lines(const Input& input, uint32_t first_line) {
  auto lines = std::make_shared<LineTable>(first_line);
  std::string_view text = input.text().substr(0, input.end());
  lines->add(static_cast<uint32_t>(input.begin()));
  for (size_t at = input.begin(); at < text.size();) {
    size_t length = yaml::break_length(text.substr(at));
    at += length == 0 ? 1 : length;
    if (length != 0) lines->add(static_cast<uint32_t>(at));
  }
  lines->shrink();
  return lines;
}

class Reader {
 public:
  Reader(std::string_view text, uint32_t first_line, const YamlOptions& options)
      : input_(text),
        first_line_(first_line),
        options_(options),
        scanner_(input_, options.schema == Schema::kGoV3),
        parser_(scanner_, options.max_depth, options.schema == Schema::kGoV3),
        lines_(find_lines(input_, first_line)) {}

  // False at the end of the stream.
  Result<bool> next(Document& out) {
    if (options_.schema != Schema::kGoV3) tree_.nodes.clear();  // v3's anchors outlive their document
    Parser::Outcome outcome = parser_.next_document(tree_);
    if (outcome == Parser::Outcome::kProblem) return refuse(parser_.problem());
    out = Document();
    out.first_line = tree_.start.line + first_line_;
    if (outcome == Parser::Outcome::kEnd) {
      out.empty = true;
      return false;
    }
    const yaml::Node& root = tree_.nodes[tree_.root];
    out.empty = root.kind == yaml::NodeKind::kScalar && root.style == ScalarStyle::kPlain && root.value.empty() &&
                root.tag.empty() && !root.anchored;
    yaml::DecodeOptions options{options_.schema, options_.reject_duplicate_keys, options_.max_depth};
    if (auto failure = yaml::Decoder(tree_, options).decode(out)) return refuse(*failure);
    out.places.set_lines(lines_);
    out.places.shrink();
    return true;
  }

 private:
  Failure refuse(const Problem& problem) {
    Code code = parser_.too_deep() ? Code::kLimit : Code::kInvalid;
    return fail(Error(code, describe(problem, options_.schema)).at(position(problem.mark)));
  }
  Failure refuse(const DecodeFailure& failure) {
    Code code = failure.limit ? Code::kLimit : Code::kInvalid;
    return fail(Error(code, failure.message).at(position(failure.mark)));
  }
  Position position(const Mark& mark) const { return {"", mark.line + first_line_, mark.column + 1, ""}; }

  Input input_;
  uint32_t first_line_;
  YamlOptions options_;
  yaml::Scanner scanner_;
  Parser parser_;
  yaml::NodeTree tree_;
  std::shared_ptr<const LineTable> lines_;
};

Status check_size(std::string_view text, const YamlOptions& options) {
  if (text.size() <= options.max_bytes) return {};
  return fail(Code::kLimit, "yaml: input of {} bytes is larger than the limit of {}", text.size(), options.max_bytes);
}

Result<std::vector<Document>> parse_parts(std::string_view text, const YamlOptions& options) {
  TAUT_ASSIGN(auto parts, split_kubernetes_documents(text));
  std::vector<Document> documents;
  documents.reserve(parts.size());
  for (const YamlPart& part : parts) {
    // YAMLReader ends every line with a line feed, also the last.
    std::string ended;
    if (!part.text.ends_with('\n')) ended.append(part.text).append("\n");
    Reader reader(ended.empty() ? part.text : std::string_view(ended), part.first_line, options);
    TAUT_TRY(reader.next(documents.emplace_back()));
  }
  return documents;
}

}  // namespace

Result<std::vector<Document>> parse_yaml(std::string_view text, const YamlOptions& options) {
  TAUT_TRY(check_size(text, options));
  if (options.split == YamlSplit::kKubernetes) return parse_parts(text, options);
  Reader reader(text, 1, options);
  std::vector<Document> documents;
  for (;;) {
    Document document;
    TAUT_ASSIGN(bool more, reader.next(document));
    if (!more) return documents;
    documents.push_back(std::move(document));
  }
}

Result<Document> parse_yaml_document(std::string_view text, const YamlOptions& options) {
  TAUT_TRY(check_size(text, options));
  Document document;
  TAUT_TRY(Reader(text, 1, options).next(document));
  return document;
}

}  // namespace taut
