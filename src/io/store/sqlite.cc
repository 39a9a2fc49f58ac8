#include "io/store/sqlite.hh"

#include <sqlite3.h>
#include <sys/stat.h>

namespace taut::store {
namespace {

Error error_of(sqlite3* database, std::string_view doing) {
  int code = database != nullptr ? sqlite3_errcode(database) : SQLITE_NOMEM;
  std::string message = fmt::format("{}: {}", doing, database != nullptr ? sqlite3_errmsg(database) : "out of memory");
  switch (code & 0xFF) {
    case SQLITE_FULL: return Error(Code::kLimit, fmt::format("{}: no space is left on the disk", doing));
    // A quota or a limit on the size of files shows as a write that fails.
    case SQLITE_IOERR:
      if (database == nullptr || sqlite3_extended_errcode(database) != SQLITE_IOERR_WRITE) break;
      return Error(Code::kLimit, fmt::format("{}: no space is left on the disk, or it cannot be written", doing));
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Error(Code::kConflict, fmt::format("{}: another process uses the file", doing));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return Error(Code::kInvalid, message);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return Error(Code::kForbidden, message);
    default: break;
  }
  return Error(Code::kUnavailable, message);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int index, int64_t number) {
  sqlite3_bind_int64(statement_, index, number);
  return *this;
}

Result<bool> Statement::step() {
  int state = sqlite3_step(statement_);
  if (state == SQLITE_ROW) return true;
  if (state == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = error_of(database_, "cannot write the data file");
  sqlite3_reset(statement_);
  return fail(std::move(error));
}

Status Statement::run() {
  for (;;) {
    TAUT_ASSIGN(bool more, step());
    if (!more) return {};
  }
}

std::string_view Statement::text(int column) const {
  auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {text != nullptr ? text : "", static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  mode_t before = umask(077);
  int state = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  umask(before);
  if (state != SQLITE_OK) {
    Error error = error_of(handle, "cannot open the data file " + path);
    sqlite3_close(handle);
    return fail(std::move(error));
  }
  std::unique_ptr<Database> out(new Database(handle, path));
  sqlite3_busy_timeout(handle, 1000);
  // Exclusive: two servers over one file would each believe their own counter.
  for (const char* pragma : {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF"})
    TAUT_TRY(out->execute(pragma));
  TAUT_TRY(out->execute("BEGIN IMMEDIATE; COMMIT"));
  return out;
}

Database::~Database() { sqlite3_close(database_); }

Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return fail(error_of(database_, "cannot use the data file " + path_));
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return fail(error_of(database_, "cannot use the data file " + path_));
  return Statement(database_, statement);
}

}  // namespace taut::store
