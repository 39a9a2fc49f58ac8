#include "yaml/reader.hh"

#include <fmt/format.h>

#include <optional>

#include "yaml/decode.hh"
#include "yaml/fast.hh"
#include "yaml/input.hh"
#include "yaml/parser.hh"
#include "yaml/split.hh"

namespace taut {
namespace {

using yaml::DecodeFailure;
using yaml::FastReader;
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

// Starts of the lines from `from` on, which is one, up to `to`.
void find_lines(std::string_view text, size_t from, size_t to, std::vector<uint32_t>& out) {
  out.assign(1, static_cast<uint32_t>(from));
  for (size_t at = from; at < to;) {
    size_t length = yaml::break_length(text.substr(at));
    at += length == 0 ? 1 : length;
    if (length != 0 && at < to) out.push_back(static_cast<uint32_t>(at));
  }
}

// The full grammar, from the start of a line on.
class FullReader {
 public:
  // `inside`: documents came before.
  FullReader(const Input& input, const Mark& start, bool inside, uint32_t first_line, const YamlOptions& options)
      : input_(input),
        first_line_(first_line),
        options_(options),
        scanner_(input_, v3(), start),
        parser_(scanner_, options.max_depth, v3(), inside) {}

  // False at the end of the stream.
  Result<bool> next(Document& out) {
    if (!v3()) tree_.nodes.clear();  // v3's anchors outlive their document
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
    const yaml::Token* behind = scanner_.peek();
    size_t end = behind != nullptr ? behind->start.offset : input_.end();
    find_lines(input_.text(), tree_.start.offset - tree_.start.column, end, lines_);
    yaml::DecodeOptions options{options_.schema, options_.reject_duplicate_keys, options_.first_key_wins, options_.max_depth,
                                options_.keep_spelling};
    if (auto failure = yaml::Decoder(tree_, options, lines_).decode(out)) return refuse(*failure);
    return true;
  }

  // Where the next document starts, if that is a line with `---`.
  std::optional<Mark> next_start() {
    const yaml::Token* token = scanner_.peek();
    if (token == nullptr || token->type != yaml::TokenType::kDocumentStart) return std::nullopt;
    return token->start;
  }

 private:
  bool v3() const { return options_.schema == Schema::kGoV3; }
  Failure refuse(const Problem& problem) {
    Code code = parser_.too_deep() ? Code::kLimit : Code::kInvalid;
    return fail(Error(code, describe(problem, options_.schema)).at(position(problem.mark)));
  }
  Failure refuse(const DecodeFailure& failure) {
    Code code = failure.limit ? Code::kLimit : Code::kInvalid;
    return fail(Error(code, failure.message).at(position(failure.mark)));
  }
  Position position(const Mark& mark) const { return {"", mark.line + first_line_, mark.column + 1, ""}; }

  const Input& input_;
  uint32_t first_line_;
  YamlOptions options_;
  yaml::Scanner scanner_;
  Parser parser_;
  yaml::NodeTree tree_;
  std::vector<uint32_t> lines_;
};

// The fast path where it can, the full grammar for the documents where it cannot.
class Reader {
 public:
  Reader(std::string_view text, uint32_t first_line, const YamlOptions& options)
      : input_(text),
        first_line_(first_line),
        options_(options),
        fast_(input_, options.schema, options.max_depth, workspace(), options.keep_spelling) {
    Mark start;
    start.offset = static_cast<uint32_t>(input_.begin());
    if (!input_.simple() || !options.fast_path) full_.emplace(input_, start, false, first_line, options);
  }

  // False at the end of the stream.
  Result<bool> next(Document& out) {
    if (!full_) {
      switch (fast_.next(out)) {
        case FastReader::Outcome::kDocument:
          inside_ = true;
          out.first_line = fast_.start().line + first_line_;
          return true;
        case FastReader::Outcome::kEnd:
          out = Document();
          out.empty = true;
          out.first_line = first_line_;
          return false;
        case FastReader::Outcome::kGaveUp: full_.emplace(input_, fast_.start(), inside_, first_line_, options_);
      }
    }
    TAUT_ASSIGN(bool more, full_->next(out));
    inside_ = true;
    // v3's anchors may be used in later documents.
    bool back = more && input_.simple() && options_.fast_path && options_.schema != Schema::kGoV3;
    if (auto start = back ? full_->next_start() : std::nullopt) {
      fast_.resume(*start);
      full_.reset();
    }
    return more;
  }

 private:
  static FastReader::Workspace& workspace() {
    static thread_local FastReader::Workspace workspace;
    return workspace;
  }

  Input input_;
  uint32_t first_line_;
  YamlOptions options_;
  FastReader fast_;
  std::optional<FullReader> full_;
  bool inside_ = false;  // a document has been read
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
