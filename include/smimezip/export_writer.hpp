/**
 * @file smimezip/export_writer.hpp
 * Exports of entries that your program writes one after the other.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_EXPORT_WRITER_HPP
#define SMIMEZIP_EXPORT_WRITER_HPP

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "export_builder.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "part_sink.hpp"
#include "receipt.hpp"
#include "stream.hpp"
#include "views.hpp"

namespace smz {

/** What is stored of a file or folder beside its name and its bytes. */
class entry_attributes {
public:
    entry_attributes() noexcept : of_(detail::sized<smz_entry_attributes>()) {}
    /** Says when it was modified, in whole seconds. */
    entry_attributes &modified(std::chrono::system_clock::time_point time) {
        of_.modified = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
        of_.has_modified = 1;
        return *this;
    }
    /** Sets the Unix permission bits; else they are 0644 for a file and 0755 for a folder. */
    entry_attributes &permissions(std::uint32_t bits) noexcept {
        of_.permissions = bits;
        of_.has_permissions = 1;
        return *this;
    }
    /** Says how many bytes will be written at most; more are refused. 0 for any size. */
    entry_attributes &max_size(std::uint64_t size) noexcept {
        of_.max_size = size;
        return *this;
    }
    /** All of it as smimezip.h has it. */
    const smz_entry_attributes &raw() const noexcept { return of_; }

private:
    smz_entry_attributes of_;
};

/** Makes an export of files that your program writes one after the other, in constant memory.
 * Destroyed before finish(), it takes everything back. */
class export_writer {
public:
    /** Begins an export whose parts are files in a folder. Of the options count SMZ_OPTION_THREADS,
     * SMZ_OPTION_DURABLE, cancel. */
    export_writer(const export_builder &how, const std::filesystem::path &outbox,
                  const options &with = options()) {
        const std::string text = detail::path_text(outbox);
        smz_export_writer *out = nullptr;
        detail::call_with(with, [&](smz_error **e) {
            return smz_export_writer_new_folder(how.live(), text.c_str(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** Begins an export whose parts your program takes. */
    export_writer(const export_builder &how, std::unique_ptr<part_sink> to,
                  const options &with = options()) {
        const smz_export_builder *builder = how.live();
        const smz_options *given = with.live();
        smz_export_writer *out = nullptr;
        exceptions_ = detail::served_sink::give(
            std::move(to), [&](const smz_part_sink *sink, smz_error **e) {
                return smz_export_writer_new_sink(builder, sink, given, &out, e);
            });
        handle_.reset(out);
    }
    /** Adds a folder. Folders that have files in them need none. */
    export_writer &add_folder(std::string_view name,
                              const entry_attributes &with = entry_attributes()) {
        const std::string text = detail::text(name);
        detail::call([&](smz_error **e) {
            return smz_export_writer_add_folder(live(), text.c_str(), &with.raw(), e);
        });
        return *this;
    }
    /** Begins a file, by its path in the export. A path that is refused (SMZ_ERR_UNSAFE_PATH) does
     * no harm: the export goes on without it. */
    export_writer &begin_file(std::string_view name,
                              const entry_attributes &with = entry_attributes()) {
        const std::string text = detail::text(name);
        detail::call([&](smz_error **e) {
            return smz_export_writer_begin_file(live(), text.c_str(), &with.raw(), e);
        });
        return *this;
    }
    /** Writes the next bytes of the file that is begun, all of them. */
    export_writer &write(bytes data) {
        detail::call([&](smz_error **e) {
            return smz_export_writer_write(live(), data.data(), data.size(), e);
        });
        return *this;
    }
    /** Says that the file that is begun is complete. */
    export_writer &end_file() {
        detail::call([&](smz_error **e) { return smz_export_writer_end_file(live(), e); });
        return *this;
    }
    /** Ends the export: verifies what can be read back, and gives all parts their names. After a
     * failure there is nothing of them, unless it is that a file is begun, which does no harm. */
    receipt finish() {
        smz_receipt *out = nullptr;
        detail::call([&](smz_error **e) { return smz_export_writer_finish(live(), &out, e); });
        return receipt(out);
    }
    /** NULL if it was moved from. */
    smz_export_writer *get() const noexcept { return handle_.get(); }

private:
    smz_export_writer *live() const { return detail::live(handle_, "smz::export_writer"); }

    // What the sink threw, as errors of the writer stick.
    std::shared_ptr<detail::thrown::of_source> exceptions_;
    detail::handle<smz_export_writer, smz_export_writer_free> handle_;
};

/**
 * A std::ostream for one file of an export. The file is complete after finish() only: destroyed
 * before, it leaves a file that is begun, and the export cannot be finished. A failed write throws
 * as the writer does, as `exceptions(std::ios::badbit)` is set.
 */
class entry_ostream : public detail::passing_ostream {
public:
    /** Begins a file; see export_writer::begin_file(). The writer must live as long. */
    entry_ostream(export_writer &to, std::string_view name,
                  const entry_attributes &with = entry_attributes())
        : passing_ostream([&to](bytes data) { to.write(data); }), to_(to) {
        to_.begin_file(name, with);
    }
    /** Writes what is left, and says that the file is complete. */
    void finish() {
        end([this] { to_.end_file(); });
    }

private:
    export_writer &to_;
};

} // namespace smz

#endif /* SMIMEZIP_EXPORT_WRITER_HPP */
