// taut_fidelity: holds taut's engines against what the real tools gave, case by case.
//
//   taut_fidelity CORPUS [--explained docs/fidelity.md] [--differences FILE] [--limit N] [--only TEXT]
//
// CORPUS is an unpacked corpus. One line a group, then "N passed, N failed"; exits 1 on a failure. Groups whose
// files are not there are left out.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "base/strings.hh"
#include "groups.hh"

namespace taut::fidelity {
namespace {

struct Options {
  std::string corpus, explained, differences, only;
  int limit = 5;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    std::string* target = name == "--explained"     ? &options.explained
                          : name == "--differences" ? &options.differences
                          : name == "--only"        ? &options.only
                                                    : nullptr;
    if (name == "--limit" && i + 1 < argc) {
      options.limit = std::atoi(argv[++i]);
    } else if (target && i + 1 < argc) {
      *target = argv[++i];
    } else if (options.corpus.empty() && !name.starts_with('-')) {
      options.corpus = name;
    } else {
      return false;
    }
  }
  return !options.corpus.empty();
}

int run(const Options& options) {
  Corpus corpus(options.corpus);
  std::FILE* differences = options.differences.empty() ? nullptr : std::fopen(options.differences.c_str(), "w");
  Report report(Explained::read(options.explained), differences, options.limit);
  for (const Group& group : groups()) {
    std::string file(group.file);
    if (!contains(group.name, options.only) || !corpus.has(file)) continue;
    report.start(std::string(group.name));
    if (Status status = group.run(corpus, file, report); !status) report.fail(file, status.error().report());
    report.finish();
  }
  if (differences) std::fclose(differences);
  fmt::print("{} passed, {} failed\n", report.total_passed(), report.total_failed());
  return report.total_failed() ? 1 : 0;
}

}  // namespace
}  // namespace taut::fidelity

int main(int argc, char** argv) {
  taut::fidelity::Options options;
  if (taut::fidelity::read_options(argc, argv, options)) return taut::fidelity::run(options);
  fmt::print(stderr,
             "usage: taut_fidelity CORPUS [--explained FILE] [--differences FILE] [--limit N] [--only TEXT]\n");
  return 2;
}
