using System;
using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BootDepot.Images;

namespace BootDepot.Blobs.Hashing;

/// <summary>
/// SHA-256 whose state can be written down and gone on with elsewhere, so that an upload that is continued by another process need
/// not be read again. The platform's class cannot do that; OpenSSL's libcrypto, which .NET uses on Linux, can
/// (https://docs.openssl.org/3.0/man3/SHA256_Init/; the struct is in openssl/sha.h).
/// </summary>
internal sealed partial class ResumableSha256
{
    /// <summary>Bytes of a written-down state.</summary>
    public const int StateSize = 40;

    /// <summary>A state can be written down after a multiple of this many bytes.</summary>
    public const int BlockSize = 64;

    private const string Library = "bootdepot-libcrypto";

    private Context _context;

    static ResumableSha256() => NativeLibrary.SetDllImportResolver(typeof(ResumableSha256).Assembly, Resolve);

    /// <summary>Of no bytes.</summary>
    public ResumableSha256() => Reset();

    /// <summary>How many bytes were hashed.</summary>
    public long Length { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        Check(SHA256_Init(ref _context));
        Length = 0;
    }

    /// <summary>Hashes more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Check(SHA256_Update(ref _context, bytes, (nuint)bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Another one that goes on from here by itself.</summary>
    public ResumableSha256 Copy() => new() { _context = _context, Length = Length };

    /// <summary>The digest so far; more may follow.</summary>
    public Digest Current()
    {
        var copy = _context;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Check(SHA256_Final(hash, ref copy));
        return Digest.FromHash(hash.ToArray());
    }

    /// <summary>The state: the eight words and the length, big-endian.</summary>
    /// <exception cref="InvalidOperationException">The length is no multiple of <see cref="BlockSize"/>.</exception>
    public byte[] Save()
    {
        if (Length % BlockSize != 0)
            throw new InvalidOperationException($"A state can be kept after whole blocks only, not after {Length} bytes.");
        var state = new byte[StateSize];
        for (var i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt32BigEndian(state.AsSpan(4 * i), _context.Words[i]);
        BinaryPrimitives.WriteInt64BigEndian(state.AsSpan(32), Length);
        return state;
    }

    /// <summary>Goes on from a state; false when it is none.</summary>
    public bool TryLoad(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateSize || BinaryPrimitives.ReadInt64BigEndian(state[32..]) is var length && (length < 0 || length % BlockSize != 0))
            return false;
        Reset();
        for (var i = 0; i < 8; i++)
            _context.Words[i] = BinaryPrimitives.ReadUInt32BigEndian(state[(4 * i)..]);
        // Counted in bits, the low word first.
        _context.BitsLow = (uint)(length << 3);
        _context.BitsHigh = (uint)(length >> 29);
        Length = length;
        return true;
    }

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException("libcrypto could not hash.");
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        if (library != Library)
            return 0;
        foreach (var name in new[] { "libcrypto.so.3", "libcrypto.so.1.1" })
        {
            if (NativeLibrary.TryLoad(name, assembly, path, out var handle))
                return handle;
        }

        throw new DllNotFoundException("Blobs are hashed with OpenSSL's libcrypto (libcrypto.so.3 or libcrypto.so.1.1), which was not found. Install OpenSSL.");
    }

    [LibraryImport(Library)]
    private static partial int SHA256_Init(ref Context context);

    [LibraryImport(Library)]
    private static partial int SHA256_Update(ref Context context, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Library)]
    private static partial int SHA256_Final(Span<byte> hash, ref Context context);

    // SHA256_CTX of openssl/sha.h
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public EightWords Words;
        public uint BitsLow;
        public uint BitsHigh;
        public Block Data;
        public uint Used;
        public uint DigestLength;
    }

    [InlineArray(8)]
    private struct EightWords
    {
        private uint _first;
    }

    [InlineArray(16)]
    private struct Block
    {
        private uint _first;
    }
}
