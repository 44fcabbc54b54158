/**
 * @file smimezip.hpp
 * smimezip for C++17: the functions of smimezip.h with destructors, exceptions, string_view and
 * streams. Header-only; link libsmimezip. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Objects are moved, not copied, and free what they hold. Using one that was moved from is an
 * smz::error with SMZ_ERR_INVALID_ARGUMENT. Failures are thrown as smz::error. An exception that
 * leaves one of your callbacks, sources, sinks or external keys ends the call and comes out of it
 * unchanged, whatever thread it was thrown on. Thread rules are those of smimezip.h: `const` member
 * functions may run at the same time.
 *
 * This header has no declarations of its own: they are in smimezip/, one header for each chapter.
 */
#ifndef SMIMEZIP_HPP
#define SMIMEZIP_HPP

#include "smimezip/archive.hpp"
#include "smimezip/build_plan.hpp"
#include "smimezip/decoder.hpp"
#include "smimezip/entry.hpp"
#include "smimezip/error.hpp"
#include "smimezip/export_builder.hpp"
#include "smimezip/export_writer.hpp"
#include "smimezip/external.hpp"
#include "smimezip/keys.hpp"
#include "smimezip/message.hpp"
#include "smimezip/options.hpp"
#include "smimezip/part_sink.hpp"
#include "smimezip/reader.hpp"
#include "smimezip/receipt.hpp"
#include "smimezip/recipients.hpp"
#include "smimezip/report.hpp"
#include "smimezip/salvage.hpp"
#include "smimezip/sealer.hpp"
#include "smimezip/set.hpp"
#include "smimezip/set_status.hpp"
#include "smimezip/source.hpp"
#include "smimezip/stream.hpp"
#include "smimezip/views.hpp"

#endif /* SMIMEZIP_HPP */
