// SQLite with errors as values: one connection, prepared statements, a file that survives a killed process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"

struct sqlite3;
struct sqlite3_stmt;

namespace taut::store {

// A prepared statement. Not thread-safe; to be used on the thread of its Database or under its lock.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int index, std::string_view text);  // from 1; the text must live until the run is over
  Statement& bind(int index, int64_t number);
  // Runs to the end; kLimit when the disk is full, kUnavailable when the file is busy.
  Status run();
  // The next row; false after the last. After it, or `run`, the statement may be bound anew.
  Result<bool> step();
  std::string_view text(int column) const;  // until the next step
  int64_t number(int column) const;

 private:
  friend class Database;
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens or makes a file (mode 0600) in WAL mode. A commit has reached the operating system when it returns: it
  // survives the process, though not a power cut. kInvalid for a file that is no database, kConflict when another
  // process holds it.
  static Result<std::unique_ptr<Database>> open(const std::string& path);
  ~Database();

  Status execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);

 private:
  Database(sqlite3* database, std::string path) : database_(database), path_(std::move(path)) {}
  sqlite3* database_;
  std::string path_;
};

}  // namespace taut::store
