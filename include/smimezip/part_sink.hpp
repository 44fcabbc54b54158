/**
 * @file smimezip/part_sink.hpp
 * Where the parts of an export go that are no files of a folder.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_PART_SINK_HPP
#define SMIMEZIP_PART_SINK_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "receipt.hpp"
#include "source.hpp"
#include "views.hpp"

namespace smz {

/** A part that your program takes: derive from it. */
class part_output {
public:
    virtual ~part_output() = default;
    /** Takes the next bytes, all of them. */
    virtual void write(bytes data) = 0;
    /** The part is complete. What it does, it is the last call; the object is destroyed then. */
    virtual void finish() = 0;
    /** Called in place of finish(): the part is not wanted, or there was an error. */
    virtual void drop() noexcept = 0;
};

/**
 * Where the parts of an export go as they are made: derive from it. Its functions are called on the
 * thread that made the call that leads to them, one at a time, and must not use the writer. What
 * they throw ends the making of the export, nothing is committed, and it comes out of that call.
 */
class part_sink {
public:
    virtual ~part_sink() = default;
    /** Begins a part. The last one of several may be begun as `.zNN`, as nobody knows before which
     * is the last. Until it is known whether one part is enough, `.z01` and `.zip` may be open at
     * the same time, and one of them is dropped. */
    virtual std::unique_ptr<part_output> begin(std::string_view name) = 0;
    /** Gives all parts their names, all of them or none. They are in the order of the set. */
    virtual void commit(const std::vector<part_receipt> &parts) = 0;
    /** Called once unless commit() returned, after every part had its last call: takes back all
     * parts that were finished, and what commit() did before it threw. */
    virtual void abort() noexcept = 0;
    /** Takes a small file that gets its name with the parts: the manifest. Called only if
     * takes_files(). */
    virtual void add_file(std::string_view name, bytes data) {
        (void)data;
        throw error(SMZ_ERR_INVALID_ARGUMENT,
                    std::string(name) + ": this smz::part_sink takes parts only");
    }
    /** Whether it has add_file(); if not, SMZ_BUILD_OPTION_MANIFEST is refused. */
    virtual bool takes_files() const noexcept { return false; }
    /** The bytes of a part that was finished, by the name it was begun under, so that the export
     * can be verified before it is committed; NULL if that part cannot be read. */
    virtual std::unique_ptr<source> read_back(std::string_view begun_as) {
        (void)begun_as;
        return nullptr;
    }
};

namespace detail {

/** A sink and what it threw: what its callbacks get. It is there until `close`. */
class served_sink {
public:
    /** Gives a sink to a function of smimezip.h, and returns what keeps the exceptions. */
    template <class F>
    static std::shared_ptr<thrown::of_source> give(std::unique_ptr<part_sink> to, F &&function) {
        if (!to) {
            throw error(SMZ_ERR_INVALID_ARGUMENT, "the part_sink is NULL");
        }
        const auto given = std::make_shared<served_sink>();
        given->to_ = std::move(to);
        given->self_ = given;
        const auto exceptions = given->exceptions_;
        const smz_part_sink sink = given->callbacks();
        smz_error *details = nullptr;
        const smz_status status = function(&sink, &details);
        if (status < 0) {
            given->self_.reset(); // which `close` has done, too, if it was called
            fail(status, details);
        }
        return exceptions;
    }

private:
    template <class F> static int run(void *user, F &&work) noexcept {
        auto *it = static_cast<served_sink *>(user);
        try {
            work(*it);
            return 0;
        } catch (...) {
            return it->exceptions_->keep();
        }
    }

    static int begin(void *user, const char *name, void **out_part) noexcept {
        return run(user, [&](served_sink &it) {
            auto part = it.to_->begin(name);
            if (!part) {
                throw error(SMZ_ERR_INVALID_ARGUMENT, "smz::part_sink::begin returned NULL");
            }
            *out_part = part.release();
        });
    }
    static int write(void *user, void *part, const std::uint8_t *data,
                     std::size_t size) noexcept {
        return run(user, [&](served_sink &) {
            static_cast<part_output *>(part)->write({data, size});
        });
    }
    static int finish(void *user, void *part) noexcept {
        return run(user, [&](served_sink &) {
            const std::unique_ptr<part_output> last(static_cast<part_output *>(part));
            last->finish();
        });
    }
    static void drop(void *, void *part) noexcept {
        const std::unique_ptr<part_output> last(static_cast<part_output *>(part));
        last->drop();
    }
    static int add_file(void *user, const char *name, const std::uint8_t *data,
                        std::size_t size) noexcept {
        return run(user, [&](served_sink &it) { it.to_->add_file(name, {data, size}); });
    }
    static int read_back(void *user, const char *begun_as, smz_io *out_io) noexcept {
        return run(user, [&](served_sink &it) {
            auto from = it.to_->read_back(begun_as);
            if (!from) {
                return;
            }
            auto given = std::make_unique<served_source>();
            given->from = std::move(from);
            given->exceptions = it.exceptions_;
            *out_io = given->callbacks();
            (void)given.release(); // `close` will be called
        });
    }
    static int commit(void *user, const smz_part_receipt *const *parts,
                      std::size_t count) noexcept {
        return run(user, [&](served_sink &it) {
            std::vector<part_receipt> all;
            for (std::size_t at = 0; at < count; ++at) {
                all.emplace_back(*parts[at]);
            }
            it.to_->commit(all);
        });
    }
    static void abort(void *user) noexcept { static_cast<served_sink *>(user)->to_->abort(); }
    static void close(void *user) noexcept {
        const auto last = std::move(static_cast<served_sink *>(user)->self_);
    }

    smz_part_sink callbacks() noexcept {
        auto sink = sized<smz_part_sink>();
        sink.user = this;
        sink.begin = begin;
        sink.write = write;
        sink.finish = finish;
        sink.drop = drop;
        sink.add_file = to_->takes_files() ? add_file : nullptr;
        sink.read_back = read_back;
        sink.commit = commit;
        sink.abort = abort;
        sink.close = close;
        return sink;
    }

    std::unique_ptr<part_sink> to_;
    std::shared_ptr<thrown::of_source> exceptions_ = std::make_shared<thrown::of_source>();
    // The library's share of it.
    std::shared_ptr<served_sink> self_;
};

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_PART_SINK_HPP */
