using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Streams;

internal sealed class StreamDocumentConfiguration : IEntityTypeConfiguration<StreamDocument>
{
    public void Configure(EntityTypeBuilder<StreamDocument> builder)
    {
        builder.HasKey(d => d.Name);
        builder.Property(d => d.Name).HasMaxLength(MaxLengths.Path);
        builder.Property(d => d.Sha256).HasMaxLength(Digest.HexLength);
    }
}
