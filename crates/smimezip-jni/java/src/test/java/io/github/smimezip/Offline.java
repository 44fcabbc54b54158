package io.github.smimezip;

import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.CipherSpi;

/**
 * A provider whose RSA keys are in a service that cannot be reached: each use throws what its key
 * has.
 */
public final class Offline extends Provider {
    private static final long serialVersionUID = 1L;

    public Offline() {
        super("Offline", "1", "keys that throw");
        put("Cipher.RSA", Cipher.class.getName());
        put("Cipher.RSA SupportedKeyClasses", Held.class.getName());
    }

    /** A key that is held elsewhere. */
    public static final class Held implements PrivateKey {
        private static final long serialVersionUID = 1L;
        private final transient RuntimeException thrown;

        public Held(RuntimeException thrown) {
            this.thrown = thrown;
        }

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return null;
        }
    }

    /** Its one operation. */
    public static final class Cipher extends CipherSpi {
        private RuntimeException thrown;

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random)
                throws InvalidKeyException {
            if (!(key instanceof Held)) {
                throw new InvalidKeyException("another provider's");
            }
            thrown = ((Held) key).thrown;
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters,
                SecureRandom random)
                throws InvalidKeyException {
            engineInit(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameters parameters,
                SecureRandom random)
                throws InvalidKeyException {
            engineInit(mode, key, random);
        }

        @Override
        protected byte[] engineDoFinal(byte[] input, int offset, int length) {
            throw thrown;
        }

        @Override
        protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int at) {
            throw thrown;
        }

        @Override
        protected byte[] engineUpdate(byte[] input, int offset, int length) {
            return new byte[0];
        }

        @Override
        protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int at) {
            return 0;
        }

        @Override
        protected void engineSetMode(String mode) {}

        @Override
        protected void engineSetPadding(String padding) {}

        @Override
        protected int engineGetBlockSize() {
            return 0;
        }

        @Override
        protected int engineGetOutputSize(int length) {
            return 256;
        }

        @Override
        protected byte[] engineGetIV() {
            return null;
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return null;
        }
    }
}
