package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smimezip.internal.Panics;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Handles: closed, forgotten, closed while in use; the library in many class loaders. */
class LifecycleTest {
    @Test
    void theLibraryIsThere() {
        assertTrue(NativeLibrary.isAvailable());
        assertTrue(NativeLibrary.unavailabilityCause().isEmpty());
        assertEquals("0.1.0", NativeLibrary.version());
        NativeLibrary.load();
    }

    @Test
    void aPanicIsAnException() {
        IllegalStateException bug = assertThrows(IllegalStateException.class, Panics::panic);
        assertTrue(bug.getMessage().contains("panicked"));
    }

    @Test
    void closingTwiceIsFineAndUseAfterwardsIsAnError() throws Exception {
        Keyring keys = Data.sampleKeys();
        EncryptedMessage message = EncryptedMessage.open(Data.part("zip"));
        InputStream in = message.newInputStream(keys);
        ExportSet set = ExportSet.discover(Data.SAMPLE);
        ExportArchive archive = set.open(keys);
        Salvage salvage = set.salvage(keys);
        InputStream entry = archive.newInputStream(archive.entries().get(0));
        List<AutoCloseable> all = List.of(keys, message, in, set, archive, salvage, entry);
        for (int times = 0; times < 3; times++) {
            for (AutoCloseable one : all) {
                one.close();
            }
        }
        assertThrows(IOException.class, keys::describe);
        assertThrows(IOException.class, () -> keys.addPassword("x".toCharArray()));
        assertThrows(IOException.class, () -> message.newInputStream(keys));
        assertThrows(IOException.class, in::read);
        assertThrows(IOException.class, () -> set.open(keys));
        assertThrows(IOException.class, () -> archive.verify());
        assertThrows(IOException.class, () -> salvage.archive().verify());
        assertThrows(IOException.class, () -> salvage.uncertain().verify());
        assertThrows(IOException.class, entry::read);
    }

    @Test
    void closingWhileACallUsesIt() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        FileChannel file = FileChannel.open(Data.part("z01"));
        AtomicReference<Boolean> wait = new AtomicReference<>(false);
        PartSource slow = new PartSource() {
            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public int readAt(long position, ByteBuffer target) throws IOException {
                if (wait.get()) {
                    reading.countDown();
                    try {
                        closed.await();
                    } catch (InterruptedException interrupted) {
                        throw new IOException(interrupted);
                    }
                }
                return file.read(target, position);
            }
        };
        try (Keyring keys = Data.sampleKeys();
             EncryptedMessage message = EncryptedMessage.open(slow)) {
            InputStream in = message.newInputStream(keys);
            wait.set(true);
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                try {
                    outcome.set(in.read(new byte[1000]));
                } catch (IOException | RuntimeException error) {
                    outcome.set(error);
                }
            });
            reader.start();
            reading.await();
            in.close();
            assertThrows(IOException.class, in::read);
            closed.countDown();
            reader.join();
            // The call that was running has its bytes.
            assertEquals(1000, outcome.get());
        }
        file.close();
    }

    @Test
    void manyThreadsShareWhatMayBeShared() throws Exception {
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys)) {
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> failed = new AtomicReference<>();
            for (int number = 0; number < 8; number++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (Entry entry : archive.entries()) {
                            if (entry.kind() == EntryKind.FILE) {
                                try (InputStream in = archive.newInputStream(entry)) {
                                    assertEquals(entry.size(), in.readAllBytes().length);
                                }
                            }
                        }
                        archive.verify(new ExtractOptions().threads(1));
                    } catch (Throwable error) {
                        failed.set(error);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, failed.get());
        }
    }

    /** A hundred thousand objects that nobody closes. */
    @Test
    void x6ForgottenHandlesAreFreed() throws Exception {
        byte[] key = Files.readAllBytes(Data.SAMPLE.resolve("key.pem"));
        for (int round = 0; round < 200; round++) {
            new Keyring().add(key, null);
        }
        long before = 0;
        for (int number = 0; number < 100_000; number++) {
            new Keyring().addSecretKey(new byte[32], new byte[2000]);
            if (number % 10_000 == 0) {
                System.gc();
                Thread.sleep(50);
            }
            if (number == 20_000) {
                before = Data.resident();
            }
        }
        System.gc();
        Thread.sleep(200);
        long grown = Data.resident() - before;
        // 80,000 of them have more than 160 MB.
        assertTrue(grown < 60_000, grown + " KiB more");
    }

    /**
     * The classes loaded and forgotten a hundred times, each time with a library of its own; a
     * thousand times before a release.
     */
    @Test
    void x6ClassLoadersComeAndGo() throws Exception {
        URL jar = Path.of(System.getProperty("smimezip.jar")).toUri().toURL();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        int all = Boolean.getBoolean("smimezip.thorough") ? 1000 : 100;
        long before = 0;
        for (int number = 0; number < all; number++) {
            try (URLClassLoader loader =
                    new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
                Class<?> keyring = loader.loadClass("io.github.smimezip.Keyring");
                Object keys = keyring.getConstructor().newInstance();
                keyring.getMethod("addPassword", char[].class)
                    .invoke(keys, (Object) "x".toCharArray());
                assertEquals(List.of("a password"), keyring.getMethod("describe").invoke(keys));
                keyring.getMethod("close").invoke(keys);
                loaders.add(new WeakReference<>(loader));
            }
            if (number % 20 == 0) {
                System.gc();
                Thread.sleep(20);
            }
            if (number == all / 5) {
                before = Data.resident();
            }
        }
        System.gc();
        Thread.sleep(200);
        long alive = loaders.stream().filter(it -> it.get() != null).count();
        assertTrue(alive < all / 5, alive + " class loaders are still there");
        long grown = Data.resident() - before;
        assertTrue(grown < 20_000 + 160L * all, grown + " KiB more");
    }
}
