#include "io/git/handles.hh"

namespace taut::git {

void start_libgit2() {
  static const bool started = [] {
    git_libgit2_init();
    for (int level :
         {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    // Nothing in a repository is ever run, so that who owns its files (a volume's user, often) does not matter.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Of ten thousand folders the one that holds them is asked for again and again, each of them once a commit: that one
    // is kept, and few of the others.
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, static_cast<size_t>(16) << 20);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(4) << 20);
    return true;
  }();
  (void)started;
}

std::string last_error() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "unknown error";
}

std::string to_hex(const git_oid& oid) {
  char text[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(text, sizeof text, &oid);
}

Result<git_oid> parse_oid(std::string_view hex) {
  git_oid oid;
  if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstrn(&oid, hex.data(), hex.size()) != 0) {
    return fail(Code::kInvalid, "'{}' is not a commit SHA", hex);
  }
  return oid;
}

Hash128 hash_of(const git_oid& oid) {
  Hash128 hash;
  for (int i = 0; i < 8; ++i) {
    hash.high = hash.high << 8 | oid.id[i];
    hash.low = hash.low << 8 | oid.id[8 + i];
  }
  return hash;
}

}  // namespace taut::git
