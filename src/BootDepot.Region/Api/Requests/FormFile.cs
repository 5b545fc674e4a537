using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Region.Api.Requests;

/// <summary>A file part, decoded, on disk until the request ends.</summary>
internal sealed class FormFile : IAsyncDisposable
{
    private readonly FileStream _stream;

    /// <summary>A new, empty file in that folder; it vanishes when disposed.</summary>
    public FormFile(string name, string folder)
    {
        Name = name;
        Directory.CreateDirectory(folder);
        _stream = new FileStream(
            Path.Combine(folder, "form-" + Guid.NewGuid().ToString("N")),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            });
    }

    /// <summary>The field it came in.</summary>
    public string Name { get; }

    /// <summary>Its size.</summary>
    public long Length => _stream.Length;

    /// <summary>The content, from its beginning.</summary>
    public Stream Open()
    {
        _stream.Position = 0;
        return _stream;
    }

    /// <summary>The content as one array; for files whose limit is small.</summary>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancel)
    {
        var bytes = new byte[_stream.Length];
        _stream.Position = 0;
        await _stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    /// <summary>Adds bytes at the end.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => _stream.WriteAsync(bytes, cancel);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}

/// <summary>A form: text fields and file parts.</summary>
internal sealed class Form(Fields fields, FormFile[] files) : IAsyncDisposable
{
    /// <summary>A form without anything in it.</summary>
    public static Form Empty { get; } = new(Fields.None, []);

    /// <summary>Text fields.</summary>
    public Fields Fields { get; } = fields;

    /// <summary>The last file part of that name; null when there is none.</summary>
    public FormFile? FileOrNull(string name) => Array.FindLast(files, f => f.Name == name);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var file in files)
            await file.DisposeAsync();
    }
}
